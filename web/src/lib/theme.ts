/** Theme choice: follows the system unless set; kept in this browser. */
export type Theme = 'system' | 'light' | 'dark';
const key = 'sluice.theme';

export function storedTheme(): Theme {
  const value = localStorage.getItem(key);
  return value === 'light' || value === 'dark' ? value : 'system';
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  localStorage.setItem(key, theme);
  window.dispatchEvent(new Event('sluice-theme'));
}

/** Colour values as the browser computes them, for the canvas of charts. */
export function tokenColors(names: readonly string[]): string[] {
  const probe = document.createElement('span');
  document.body.append(probe);
  const colors = names.map((name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return colors;
}
