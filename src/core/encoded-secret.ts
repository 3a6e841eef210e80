/**
 * A secret as a pattern that finds it however its characters are written: as they are, escaped for JSON (up to four times, more
 * than has to be), percent-encoded (once or twice), or as HTML entities, also mixed.
 */

/** Longer secrets (keys in PEM form) are looked for in their usual forms alone. */
const maxLength = 1000;
/** Runs of backslashes can be read in several ways each; many of them would make matching slow. */
const maxBackslashes = 3;

const named: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};
const shortEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '/': '/',
  "'": "'",
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\b': 'b',
  '\f': 'f',
};

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** Hex digits in any case. */
const hex = (value: number, width: number): string =>
  value
    .toString(16)
    .padStart(width, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

function unitEscapes(char: string): string {
  const units = Array.from({ length: char.length }, (_, i) => char.charCodeAt(i));
  return units.map((unit) => `\\\\{1,15}u${hex(unit, 4)}`).join('');
}

function percentEscapes(char: string): string {
  return [...Buffer.from(char, 'utf8')].map((byte) => `%(?:25)?${hex(byte, 2)}`).join('');
}

function entities(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const name = named[char];
  return `&(?:amp;)?(?:#0{0,4}${code}|#[xX]0{0,4}${hex(code, 1)}${name === undefined ? '' : `|${name}`});`;
}

function anyForm(char: string): string {
  if (/[A-Za-z0-9]/.test(char)) return char;
  const short = shortEscapes[char];
  const forms = [
    char === '\\' ? '\\\\{8}|\\\\{4}|\\\\{2}|\\\\' : literal(char),
    ...(char === ' ' ? ['\\+'] : []),
    ...(short === undefined ? [] : [`\\\\{1,15}${literal(short)}`]),
    unitEscapes(char),
    percentEscapes(char),
    entities(char),
  ];
  return `(?:${forms.join('|')})`;
}

/** Source of a regular expression; undefined where plain forms have to do. */
export function encodedSecretPattern(secret: string): string | undefined {
  const backslashes = secret.split('\\').length - 1;
  if (secret.length > maxLength || backslashes > maxBackslashes || /^[A-Za-z0-9]*$/.test(secret))
    return undefined;
  return [...secret].map(anyForm).join('');
}
