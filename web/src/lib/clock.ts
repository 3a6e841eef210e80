/** The only reader of the browser's clock and random source. */
export const now = (): number => Date.now();

/** 32 hexadecimal digits; `crypto.randomUUID` is missing on plain http outside localhost. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
