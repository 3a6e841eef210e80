const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The same query for a shell; times are ISO, and absent when the query sets them. */
export function cliCommand(query: string, range: { readonly from?: string; readonly to?: string }): string {
  const parts = ['sluice query', quote(query)];
  if (range.from) parts.push('--from', range.from);
  if (range.to) parts.push('--to', range.to);
  return parts.join(' ');
}
