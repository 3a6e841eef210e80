import type { Diagnostic, Severity } from '../core/diagnostics.ts';
import type { Definition } from './model.ts';

const order: readonly Severity[] = ['error', 'warning', 'info'];

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2 errors, 1 warning, 0 notes` */
export function countFindings(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity) => diagnostics.filter((d) => d.severity === severity).length;
  return [
    plural(count('error'), 'error'),
    plural(count('warning'), 'warning'),
    plural(count('info'), 'note'),
  ].join(', ');
}

function findingLines(diagnostic: Diagnostic): string[] {
  const place = diagnostic.place;
  const where = place?.path && place.path !== '$' ? ` at ${place.path}` : '';
  const severity = diagnostic.severity === 'info' ? 'note' : diagnostic.severity;
  const first = `  ${severity.padEnd(7)} ${diagnostic.code}  ${diagnostic.message}${where}`;
  return diagnostic.hint && diagnostic.severity !== 'info'
    ? [first, `          → ${diagnostic.hint}`]
    : [first];
}

function byFile(diagnostics: readonly Diagnostic[]): Map<string, Diagnostic[]> {
  const groups = new Map<string, Diagnostic[]>();
  const sorted = [...diagnostics].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  for (const diagnostic of sorted) {
    const file = diagnostic.place?.file ?? '(package)';
    groups.set(file, [...(groups.get(file) ?? []), diagnostic]);
  }
  return groups;
}

function summary(definition: Definition): string[] {
  const required = definition.inputs.filter((input) => input.required).map((input) => input.name);
  return [
    `${definition.ui.title} (${definition.id})`,
    `  pollers: ${definition.pollers.map((poller) => poller.name).join(', ') || 'none'}`,
    `  tables:  ${definition.tables.map((table) => (table.declared ? table.name : `${table.name} (inferred)`)).join(', ') || 'none'}`,
    `  inputs:  ${required.join(', ') || 'none required'}`,
  ];
}

/**
 * The text that `sluice connector check` prints: what was read, then findings by file with errors first, then counts.
 * @param extra findings of a trial binding or of compiling the transforms, shown with those of loading
 */
export function formatCheck(definition: Definition, extra: readonly Diagnostic[] = []): string {
  const all = [...definition.diagnostics, ...extra];
  const lines = summary(definition);
  for (const [file, diagnostics] of byFile(all)) lines.push('', file, ...diagnostics.flatMap(findingLines));
  lines.push('', countFindings(all));
  return `${lines.join('\n')}\n`;
}
