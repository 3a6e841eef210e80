/** The last queries run in this browser, newest first; texts only. */
const key = 'sluice.queries';
const MOST = 50;

export function readHistory(): string[] {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(saved) ? saved.filter((item): item is string => typeof item === 'string') : [];
  } catch {
    return [];
  }
}

export function remember(query: string): void {
  localStorage.setItem(
    key,
    JSON.stringify([query, ...readHistory().filter((item) => item !== query)].slice(0, MOST)),
  );
}
