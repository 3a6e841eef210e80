/** Codes that the command line itself raises; what the server answers is listed by the other modules. */
export const cliErrors = {
  NODE_TOO_OLD: { summary: 'Node is older than 20.19.', hint: 'Install Node 20.19 or newer.' },
  USAGE: { summary: 'The command line cannot be understood.', hint: 'Run the command with --help.' },
  SERVER_NOT_RUNNING: {
    summary: 'No running Sluice was found on this machine.',
    hint: 'Start it with `sluice serve`, name its data folder with --data, or give --server and --token.',
  },
  SERVER_UNREACHABLE: {
    summary: 'The server does not answer.',
    hint: 'Check the address and that the server runs; `sluice doctor` looks for the cause.',
  },
  SERVER_CONNECTION_LOST: {
    summary: 'The connection to the server broke during an answer.',
    hint: 'Check the server log, then try again.',
  },
  SERVER_ANSWER_UNKNOWN: {
    summary: 'What answered is no Sluice server, or another version.',
    hint: 'Check --server; compare `sluice --version` with the version of the server.',
  },
  TOKEN_MISSING: {
    summary: 'No API token for the given server.',
    hint: 'Give --token or set SLUICE_TOKEN; `sluice token create` on the server makes one.',
  },
  INPUT_UNREADABLE: {
    summary: 'A file or folder cannot be read.',
    hint: 'Check the path and its permissions.',
  },
  PACKAGE_EMPTY: {
    summary: 'A folder holds no connector files.',
    hint: 'Name the folder that holds the definition, poller, DCR and table files (*.json).',
  },
  PACKAGE_TOO_LARGE: {
    summary: 'A connector package is larger than 30 MB.',
    hint: 'Name the folder of one connector only.',
  },
  PARAMETERS_FILE_INVALID: {
    summary: 'A parameters file does not hold an object of names and values.',
    hint: 'Write {"name": "value"} or an ARM parameters file.',
  },
  CONFIRMATION_NEEDED: {
    summary: 'A destructive command needs a confirmation and nobody can be asked.',
    hint: 'Repeat it with --yes.',
  },
  DEFINITION_HAS_ERRORS: {
    summary: 'The connector package has errors.',
    hint: 'Mend the findings listed above it.',
  },
  PORT_IN_USE: {
    summary: 'Another program listens on the port.',
    hint: 'Stop it, or choose another port with --port.',
  },
  RUN_TIMEOUT: {
    summary: 'The run did not end within --timeout; it goes on in the server.',
    hint: 'Look again with `sluice connection show NAME`.',
  },
  APP_MISSING: {
    summary: 'The server part of the program is missing.',
    hint: 'Reinstall Sluice, or run `npm run build`.',
  },
  INTERNAL_CLI: {
    summary: 'The command met an error it did not expect.',
    hint: 'Report it with the message.',
  },
} as const;

export type CliErrorCode = keyof typeof cliErrors;
