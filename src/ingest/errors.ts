/** Every code that src/ingest can raise or put into diagnostics; docs/errors.md is made from it. */
export const ingestErrors = {
  INGEST_TRANSFORM: {
    summary: 'A transform of the definition cannot be compiled',
    hint: 'Mend the transform in the definition; the diagnostics name the place.',
  },
  INGEST_STREAM_UNKNOWN: {
    summary: 'A dataFlow or poller names a stream that is not declared',
    hint: 'Declare the stream under streamDeclarations, or give the destination table a schema.',
  },
  INGEST_STREAM_COLUMN: {
    summary: 'A stream column cannot be read',
    hint: 'Use another type or name for the column; names that begin with _sl_ and _TimeReceived are reserved.',
  },
  INGEST_NO_FLOW: {
    summary: "No dataFlow takes the poller's stream",
    hint: 'Add a dataFlow for the stream; until then records are archived only.',
  },
  INGEST_COLUMN_DROPPED: {
    summary: 'A transform makes a column that the table does not have',
    hint: 'Declare the column in the table, or leave it out of the transform.',
  },
  INGEST_COLUMN_RESERVED: {
    summary: 'A transform makes a column that Sluice fills itself',
    hint: 'Rename the column in the transform.',
  },
  INGEST_COLUMN_CAST: {
    summary: 'A transform makes a column of another type than the table declares',
    hint: 'Convert it in the transform, for example by tostring() or tolong().',
  },
  INGEST_COLUMN_TYPE: {
    summary: 'A column cannot be converted to the type that the table declares',
    hint: 'Convert it in the transform.',
  },
  INGEST_ROWS_MISSING: {
    summary: 'Rows were inserted and acknowledged, but are not in the table',
    hint: 'Rows older than the retention of the table vanish at once: raise the retention, then retry the failed flows.',
  },
  INGEST_TRANSFORM_LOST: {
    summary: 'The compiled transform of a segment is missing',
    hint: 'Restore transforms/ in the archive, or prepare the definition again.',
  },
  INGEST_FLOW_FAILED: {
    summary: 'A dataFlow failed several times with a definite error and was given up',
    hint: 'Mend the cause that the message names, then retry the failed flows.',
  },
  INGEST_CLOSED: { summary: 'Ingest is closing', hint: 'Start again; nothing committed is lost.' },
  INGEST_INSERT: { summary: 'An insert failed', hint: 'Read the message; the insert is tried again.' },
  INGEST_STALLED: {
    summary: 'The outbox cannot be read or written',
    hint: 'Look at the disk of the data folder; delivery goes on by itself.',
  },
  INGEST_READ_CLOSED: {
    summary: 'A read was used after its end',
    hint: 'Open another read; the ledger keeps what was committed.',
  },
} as const;
