import { once } from 'node:events';
import type { z } from 'zod';
import type { KqlColumnDto } from '../api/schemas.ts';
import { type CliIo, write } from './io.ts';
import { printable } from './printable.ts';
import { renderTable } from './table.ts';

type Column = z.output<typeof KqlColumnDto>;
type Row = readonly unknown[];

export const formats = ['table', 'json', 'csv', 'ndjson'] as const;
export type Format = (typeof formats)[number];

/** Takes the rows of a result as they arrive. */
export interface ResultWriter {
  start(columns: readonly Column[]): Promise<void>;
  rows(rows: readonly Row[]): Promise<void>;
  end(stats: {
    readonly queryId: string;
    readonly truncated: boolean;
    readonly elapsedMs: number;
  }): Promise<void>;
}

/** Spreadsheets run cells that begin like a formula; numbers are no text and stay as they are. */
function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string')
    return csvQuoted(typeof value === 'object' ? JSON.stringify(value) : String(value));
  return csvQuoted(/^[=+\-@\t\r]/.test(value) && !/^-?\d+(?:\.\d+)?$/.test(value) ? `'${value}` : value);
}

function csvQuoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** On a terminal nothing of an event may act; in a pipe JSON's own escapes are enough and bytes stay exact. */
function jsonText(io: CliIo, value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return io.stdout.isTTY ? text.split('\n').map(printable).join('\n') : text;
}

function csvWriter(io: CliIo): ResultWriter {
  return {
    start: (columns) => write(io.stdout, `${columns.map((c) => csvCell(c.name)).join(',')}\r\n`),
    rows: (rows) => write(io.stdout, rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')),
    end: async () => {},
  };
}

function ndjsonWriter(io: CliIo): ResultWriter {
  let names: string[] = [];
  const toObject = (row: Row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null]));
  return {
    start: async (columns) => {
      names = columns.map((c) => c.name);
    },
    rows: (rows) => write(io.stdout, rows.map((row) => `${jsonText(io, toObject(row))}\n`).join('')),
    end: async () => {},
  };
}

/** `table` and `json` need the whole result; the server bounds it by --max-rows. */
function wholeWriter(io: CliIo, format: 'table' | 'json'): ResultWriter {
  let columns: readonly Column[] = [];
  const all: Row[] = [];
  return {
    start: async (given) => {
      columns = given;
    },
    rows: async (rows) => {
      for (const row of rows) all.push(row);
    },
    end: ({ queryId, truncated, elapsedMs }) => {
      if (format === 'json')
        return write(
          io.stdout,
          `${jsonText(io, { queryId, columns, rows: all, truncated, elapsedMs }, 2)}\n`,
        );
      return write(
        io.stdout,
        renderTable(
          columns.map((c) => c.name),
          all,
        ),
      );
    },
  };
}

export function createWriter(io: CliIo, format: Format): ResultWriter {
  if (format === 'csv') return csvWriter(io);
  return format === 'ndjson' ? ndjsonWriter(io) : wholeWriter(io, format);
}

/** Everything on stdin as text. */
export async function readAll(io: CliIo): Promise<string> {
  const chunks: Buffer[] = [];
  io.stdin.on('data', (chunk: Buffer | string) => chunks.push(Buffer.from(chunk)));
  await once(io.stdin, 'end');
  return Buffer.concat(chunks).toString('utf8');
}
