import type { z } from 'zod';
import type { DiagnosticDto } from '../api/schemas.ts';
import { formatPlace, type Place } from '../core/diagnostics.ts';
import { isSluiceError } from '../core/errors.ts';
import { ProblemError } from './cli-error.ts';
import { cliErrors } from './errors.ts';
import { type CliIo, write } from './io.ts';
import { printable, printableLines } from './printable.ts';

type Diagnostic = z.output<typeof DiagnosticDto>;

/** Result of a command: one JSON document with --json, else the text that `human` makes. */
export async function printResult(
  io: CliIo,
  json: boolean,
  value: unknown,
  human: () => string,
): Promise<void> {
  await write(io.stdout, json ? `${JSON.stringify(value, null, 2)}\n` : human());
}

/** A remark for people; not part of the result. */
export function note(io: CliIo, text: string): void {
  io.stderr.write(`${printableLines(text)}\n`);
}

export function renderDiagnostics(list: readonly Diagnostic[]): string {
  return list
    .map((d) => {
      const where = formatPlace(d.place as Place | undefined);
      const head = `${d.severity} ${d.code}${where ? ` at ${where}` : ''}: ${d.message}`;
      // A note asks for nothing.
      const fix = d.hint && d.severity !== 'info' ? `\n  fix: ${printable(d.hint)}` : '';
      return printable(head) + fix;
    })
    .join('\n');
}

/** Marks the span of a finding under the line of a query. */
function renderSpan(
  source: string,
  place: { readonly start?: number | undefined; readonly end?: number | undefined },
): string {
  const { start, end } = place;
  if (start === undefined || start > source.length) return '';
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = source.indexOf('\n', start);
  const line = source.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
  const length = Math.max(1, Math.min(end ?? start + 1, lineStart + line.length) - start);
  return `\n  ${printable(line)}\n  ${' '.repeat(start - lineStart)}${'^'.repeat(length)}`;
}

interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly requestId?: string;
  readonly diagnostics?: readonly Diagnostic[];
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
}

function describe(error: unknown): ErrorDocument {
  if (error instanceof ProblemError) {
    const { code, detail, hint, requestId, diagnostics, errors } = error.problem;
    return {
      code,
      message: detail,
      ...(hint === undefined ? {} : { hint }),
      requestId,
      ...(diagnostics === undefined ? {} : { diagnostics }),
      ...(errors === undefined ? {} : { errors }),
    };
  }
  if (isSluiceError(error)) {
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'INTERNAL_CLI', message, hint: cliErrors.INTERNAL_CLI.hint };
}

/**
 * Says on stderr what happened, where, and how to mend it; with --json as one JSON document.
 * @param source the query text, to mark spans in
 */
export async function printError(io: CliIo, json: boolean, error: unknown, source?: string): Promise<void> {
  const doc = describe(error);
  if (json) return write(io.stderr, `${JSON.stringify({ error: doc }, null, 2)}\n`);
  const lines = [`Error: ${printable(doc.message)} [${doc.code}]`];
  for (const d of doc.diagnostics ?? []) {
    const span = source === undefined || !d.place ? '' : renderSpan(source, d.place);
    if (doc.diagnostics?.length === 1 && d.message === doc.message)
      lines[0] += span || ` at ${formatPlace(d.place as Place)}`;
    else lines.push(renderDiagnostics([d]) + span);
  }
  if (doc.hint) lines.push(`  fix: ${printable(doc.hint)}`);
  if (doc.requestId && doc.code === 'INTERNAL') lines.push(`  request: ${printable(doc.requestId)}`);
  await write(io.stderr, `${lines.join('\n')}\n`);
}
