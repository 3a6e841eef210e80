/** Codes that the use cases raise. */
export const controlErrors = {
  CONNECTION_EXISTS: {
    summary: 'The name of a new connection is taken.',
    hint: 'Choose another name, or remove the old connection first.',
  },
  CONNECTION_NOT_FOUND: {
    summary: 'No connection has that id or name.',
    hint: 'List the connections with `sluice connection list`.',
  },
  CONNECTION_PAUSED: {
    summary: 'A paused connection was asked to run.',
    hint: 'Resume it with `sluice connection resume NAME`.',
  },
  DEFINITION_IN_USE: {
    summary: 'A definition with connections was to be removed.',
    hint: 'Remove its connections first; their data stays.',
  },
  DEFINITION_NOT_FOUND: {
    summary: 'No installed connector has that id.',
    hint: 'List the connectors with `sluice connector list`.',
  },
  DEFINITION_NOT_RUNNABLE: {
    summary: 'No poller of the definition can run in this version.',
    hint: 'See `sluice connector check` for what it needs.',
  },
  DEMO_SIMULATOR: {
    summary: 'A simulator of the demo stopped before it was ready.',
    hint: 'Its own message is printed above.',
  },
  KQL_REFUSED: { summary: 'A query was refused.', hint: 'The findings name the place and the reason.' },
  PARAMETERS_MISSING: {
    summary: 'A required input of the connector has no value.',
    hint: 'Give it with --parameters name=value, or in the form.',
  },
  RUN_FAILED: {
    summary: 'A run ended with an error that has no code of its own.',
    hint: 'The log has the details.',
  },
  RUN_INTERRUPTED: {
    summary: 'Sluice stopped while the run was going on.',
    hint: 'Nothing to do: the next run goes on from the last checkpoint.',
  },
  RUN_NOT_FOUND: {
    summary: 'The run does not exist, or is older than those that are kept.',
    hint: 'List the runs of the connection.',
  },
  START_INVALID: {
    summary: 'The time to start from is not a past time or a length.',
    hint: 'Give 30d, 12h or a time such as 2026-11-01T00:00:00Z.',
  },
  TEST_FAILED: {
    summary: 'A test request failed with an error that has no code of its own.',
    hint: 'The log has the details.',
  },
  TOKEN_NOT_FOUND: {
    summary: 'No API token has that id.',
    hint: 'List the tokens with `sluice token list`.',
  },
  USER_NOT_FOUND: { summary: 'No user has that name.', hint: 'The first user is called admin.' },
  WINDOW_COLLECTION_PAUSED: {
    summary: 'A parked window was to be read while collection is paused for all connections.',
    hint: 'Free disk space, or lower the watermark in the settings; then retry.',
  },
  WINDOW_NOT_FOUND: {
    summary: 'No parked window has that id.',
    hint: 'List them with `sluice connection windows NAME`; a window that was split has two new ids.',
  },
  WINDOW_POLLER_NOT_FOUND: {
    summary: 'The poller of a parked window is no longer in the definition.',
    hint: 'Skip the window, or deploy a definition that has the poller.',
  },
  WINDOW_RETRY_CANCELLED: {
    summary: 'Sluice stopped while a parked window was read.',
    hint: 'Retry the window after the start; what was delivered is not delivered twice.',
  },
  WINDOW_STATE_CONFLICT: {
    summary: 'A parked window is in a state that does not allow this: retried just now, done, or skipped.',
    hint: 'Look at its state with `sluice connection windows NAME`.',
  },
  WINDOW_TOO_SHORT: {
    summary: 'A parked window is too short to be split.',
    hint: 'Retry it when the service answers, or skip it.',
  },
  WINDOW_UNBOUNDED: {
    summary: 'A parked window can not be split, because requests of its poller name no end.',
    hint: 'Retry it when the service answers, or skip it.',
  },
  WEBHOOK_FAILED: {
    summary: 'The webhook could not be delivered.',
    hint: 'Check the address in the settings; the event is in the event list too.',
  },
} as const;
