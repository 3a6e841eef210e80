/** Plain text search parameters: `?q=a` is the text `a`, never JSON. */
export type SearchRecord = Record<string, string | undefined>;

export const parseSearch = (text: string): SearchRecord => Object.fromEntries(new URLSearchParams(text));

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : '';
}
