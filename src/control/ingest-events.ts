import type { IngestEvent } from '../ingest/api.ts';
import type { DeliveryAnnouncer } from './delivery-announcer.ts';
import type { EventLog, NewEvent } from './events.ts';

/** Only what a person should know becomes an event; ordinary deliveries are counted elsewhere. */
function toEvent(event: IngestEvent): NewEvent | undefined {
  switch (event.kind) {
    case 'segment-committed':
      return undefined;
    case 'flow-delivered':
      if (event.nullTimes === 0) return undefined;
      return {
        kind: 'ingest.null-times',
        severity: 'warning',
        connectionId: event.connectionId,
        message: `${event.nullTimes} row(s) for ${event.table} had no TimeGenerated; the receive time stands in`,
        data: { ...event },
      };
    case 'records-rejected':
      return {
        kind: 'ingest.rejected',
        severity: 'warning',
        connectionId: event.connectionId,
        message: `${event.rejected} record(s) could not be parsed by the engine; they are in the table _Rejected, and exact in the archive`,
        data: { ...event },
      };
    case 'flow-retry':
      return {
        kind: 'ingest.retry',
        severity: 'warning',
        connectionId: event.connectionId,
        message: `An insert into ${event.table} failed (${event.code}) and is tried again`,
        data: { ...event },
      };
    case 'flow-failed':
      return {
        kind: 'ingest.failed',
        severity: 'error',
        connectionId: event.connectionId,
        message: `Inserts into ${event.table} failed and were given up: ${event.message}. The records are safe in the archive.`,
        data: { ...event },
      };
    case 'delivery-stalled':
      return {
        kind: 'ingest.stalled',
        severity: 'error',
        message: `Inserts wait: ${event.message}. They go on by themselves when the cause is gone.`,
        data: { ...event },
      };
    case 'recovered':
      if (event.intentsDeleted + event.listed + event.unconfirmed === 0) return undefined;
      return {
        kind: 'ingest.recovered',
        severity: 'info',
        message: `Recovered after a stop: ${event.intentsDeleted} unfinished segment(s) removed, ${event.listed} listed, ${event.unconfirmed} insert(s) read back`,
        data: { ...event },
      };
    default:
      return event satisfies never;
  }
}

export function createIngestEvents(
  events: EventLog,
  announcer: DeliveryAnnouncer,
): (event: IngestEvent) => void {
  return (event) => {
    if (event.kind === 'flow-delivered') announcer.delivered(event.connectionId);
    const told = toEvent(event);
    if (!told) return;
    // The state database may be closing; the fact itself is durable already.
    events
      .emit(told)
      .catch((error: unknown) => process.emitWarning(`an event could not be stored: ${String(error)}`));
  };
}
