/** For pino's `redact` option: names under which secrets could reach a log line, at the depths that we log. */
const names = [
  'authorization',
  'cookie',
  'password',
  'token',
  'secret',
  'apiKey',
  'csrf',
  '["set-cookie"]',
  '["x-csrf-token"]',
];

export const logRedaction = {
  paths: names.flatMap((name) => {
    const below = (prefix: string) => (name.startsWith('[') ? `${prefix}${name}` : `${prefix}.${name}`);
    return [name, below('*'), below('*.*'), below('*.headers')];
  }),
  censor: '••••••',
};
