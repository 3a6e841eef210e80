/** The connection form as data: fields from a definition, checks, and the request it makes. No React. */
import type {
  Connection,
  ConnectionInput,
  ConnectionOptions,
  ConnectionPatch,
  DefinitionDetail,
  InputField,
  Instruction,
  InstructionStep,
} from '../../lib/api-types.ts';
import { resolveTime } from '../../lib/time-range.ts';

export type FieldValue = string | string[];
export interface FormValues {
  readonly name: string;
  /** In the order of the form's fields. */
  readonly fields: FieldValue[];
  readonly start: string;
  readonly customStart: string;
  readonly caFile: string;
  readonly resolve: string;
  readonly proxy: string;
  readonly delayMinutes: string;
  readonly overlapMinutes: string;
  readonly queryWindowMinutes: string;
  readonly pollSeconds: string;
}

export const startChoices = [
  { value: 'now', label: 'Now' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
  { value: 'custom', label: 'Another time…' },
] as const;

export const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Every instruction of the tree, in reading order, nested ones too. */
export function flattenInstructions(steps: readonly InstructionStep[]): Instruction[] {
  return steps.flatMap((step) => [
    ...(step.instructions ?? []).flatMap((instruction) => [
      instruction,
      ...flattenInstructions(instruction.steps ?? []),
    ]),
    ...flattenInstructions(step.innerSteps ?? []),
  ]);
}

const isPane = (instruction: Instruction) => /contextpane$/i.test(instruction.type);

/** The panes of a definition; `?pane=add` is the first, `?pane=add:1` the second. */
export const contextPanes = (steps: readonly InstructionStep[]): Instruction[] =>
  flattenInstructions(steps).filter(isPane);

/** Fields that a pane shows: those named in its steps; without a pane all declared ones. Undeclared ones come last, under Advanced. */
export function paneFields(
  inputs: readonly InputField[],
  pane: Instruction | undefined,
): { main: InputField[]; advanced: InputField[] } {
  const advanced = inputs.filter((input) => !input.declared);
  const declared = inputs.filter((input) => input.declared);
  if (!pane) return { main: declared, advanced };
  const named = new Set(
    flattenInstructions(pane.steps).map((instruction) =>
      String(instruction.parameters.name ?? '').toLowerCase(),
    ),
  );
  const main = declared.filter((input) => named.has(input.name.toLowerCase()));
  return { main: main.length > 0 ? main : declared, advanced };
}

/** `Atlassian Jira Audit (using REST API)` → `atlassian-jira-audit`, made unique with a number. */
export function suggestName(title: string, taken: readonly string[]): string {
  const base =
    title
      .toLowerCase()
      .replace(/\([^)]*\)/g, '')
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'connection';
  const used = new Set(taken.map((name) => name.toLowerCase()));
  if (!used.has(base)) return base;
  for (let number = 2; ; number++) if (!used.has(`${base}-${number}`)) return `${base}-${number}`;
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** True when the definition puts this input after `https://` itself, so that only the host is wanted. */
export function wantsBareHost(definition: Pick<DefinitionDetail, 'files'>, inputName: string): boolean {
  const name = escapeRegExp(inputName);
  const after = new RegExp(
    `https?://\\{\\{\\s*${name}\\s*\\}\\}|'https?://'\\s*,\\s*parameters\\('${name}'\\)`,
    'i',
  );
  return definition.files.some((file) => after.test(file.text));
}

/** Trims what people paste around a value. `note` tells what was removed. */
export function tidyValue(
  value: string,
  field: InputField,
  bareHost: boolean,
): { value: string; note?: string } {
  const trimmed = value.trim();
  if (bareHost) {
    const host = trimmed.replace(/^https?:\/\//i, '').replace(/\/+$/, '');
    if (host !== trimmed)
      return { value: host, note: 'Removed "https://" and the trailing "/". The connector adds them.' };
  }
  if (trimmed !== value)
    return { value: trimmed, ...(field.secret ? { note: 'Removed spaces around the pasted value.' } : {}) };
  return { value };
}

const isEmpty = (value: FieldValue | undefined) =>
  value === undefined || value.length === 0 || (typeof value === 'string' && value.trim() === '');

/** The message for one field, or undefined when it is good. */
export function fieldError(field: InputField, value: FieldValue | undefined): string | undefined {
  if (isEmpty(value)) return field.required ? `Enter ${field.label}.` : undefined;
  if (typeof value !== 'string') return undefined;
  if (field.kind === 'email' && !value.includes('@'))
    return 'Enter an e-mail address, for example user@example.com.';
  if (field.kind === 'number' && !Number.isFinite(Number(value))) return 'Enter a number.';
  return undefined;
}

export function nameError(name: string, taken: readonly string[]): string | undefined {
  if (name.trim() === '') return 'Enter Connection name.';
  if (!namePattern.test(name))
    return 'Use 1 to 63 letters, digits, dots, hyphens and underscores, starting with a letter or digit.';
  return taken.includes(name) ? `A connection named ${name} exists. Choose another name.` : undefined;
}

/** Message for the custom start: a length such as `12h` or a time. */
export function startError(choice: string, custom: string, nowMs: number): string | undefined {
  if (choice !== 'custom') return undefined;
  const text = custom.trim();
  if (/^\d{1,6}[mhdw]$/.test(text)) return undefined;
  const at = resolveTime(text, nowMs);
  if (!at) return 'Enter a time such as 2026-11-20 08:00 (UTC) or a length such as 12h or 30d.';
  return at.getTime() > nowMs ? 'The start must be in the past.' : undefined;
}

/** `start` as the API wants it: ISO time or a length. */
export function startValue(choice: string, custom: string, nowMs: number): string {
  if (choice === 'now') return new Date(nowMs).toISOString();
  if (choice !== 'custom') return choice;
  const text = custom.trim();
  return /^\d{1,6}[mhdw]$/.test(text) ? text : (resolveTime(text, nowMs)?.toISOString() ?? text);
}

/** Lines of `host=address` to a record; the message names the first line that is none. */
export function parseResolve(text: string): { value: Record<string, string>; error?: string } {
  const value: Record<string, string> = {};
  for (const line of text
    .split(/[\n,]/)
    .map((item) => item.trim())
    .filter(Boolean)) {
    const match = /^([^=\s]+)=(\S+)$/.exec(line);
    if (!match?.[1] || !match[2])
      return { value, error: `Enter host=address, one a line; "${line}" is not.` };
    value[match[1]] = match[2];
  }
  return { value };
}

export function numberError(text: string, least: number): string | undefined {
  if (text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= least ? undefined : `Enter a number from ${least}.`;
}

/** Options that were filled in; empty ones are left out, so the definition's defaults hold. */
export function optionsOf(values: FormValues): ConnectionOptions {
  const options: ConnectionOptions = {};
  if (values.caFile.trim()) options.caFile = values.caFile.trim();
  if (values.proxy.trim()) options.proxy = values.proxy.trim();
  const resolve = parseResolve(values.resolve).value;
  if (Object.keys(resolve).length > 0) options.resolve = resolve;
  for (const key of ['delayMinutes', 'overlapMinutes', 'queryWindowMinutes', 'pollSeconds'] as const) {
    if (values[key].trim() !== '') options[key] = Number(values[key]);
  }
  return options;
}

/** Parameters by input name. Fields in `skip` (saved secrets not replaced) and empty optional ones are left out. */
export function parametersOf(
  fields: readonly InputField[],
  values: readonly FieldValue[],
  skip: ReadonlySet<string>,
): ConnectionInput['parameters'] {
  const entries = fields.flatMap((field, index) => {
    const value = values[index];
    return skip.has(field.name) || value === undefined || (isEmpty(value) && !field.required)
      ? []
      : [[field.name, value] as const];
  });
  return Object.fromEntries(entries);
}

export function connectionInput(
  definitionId: string,
  fields: readonly InputField[],
  values: FormValues,
  nowMs: number,
): ConnectionInput {
  const options = optionsOf(values);
  return {
    definitionId,
    name: values.name.trim(),
    parameters: parametersOf(fields, values.fields, new Set()),
    start: startValue(values.start, values.customStart, nowMs),
    ...(Object.keys(options).length > 0 ? { options } : {}),
  };
}

export function connectionPatch(
  connection: Connection,
  fields: readonly InputField[],
  values: FormValues,
  keptSecrets: ReadonlySet<string>,
): ConnectionPatch {
  return {
    parameters: parametersOf(fields, values.fields, keptSecrets),
    options: optionsOf(values),
    ...(values.name.trim() === connection.name ? {} : { name: values.name.trim() }),
  };
}

const text = (value: number | undefined) => (value === undefined ? '' : String(value));

/** What the form starts with: the definition's defaults, or the saved values of a connection. Secrets start empty. */
export function initialValues(
  fields: readonly InputField[],
  name: string,
  connection?: Connection,
): FormValues {
  const options = connection?.options ?? {};
  return {
    name: connection?.name ?? name,
    fields: fields.map((field) => {
      const saved = connection?.parameters[field.name];
      if (typeof saved === 'string' || Array.isArray(saved)) return saved;
      if (field.kind === 'multiselect') return field.defaultValue ? [field.defaultValue] : [];
      return field.defaultValue ?? '';
    }),
    start: '24h',
    customStart: '',
    caFile: options.caFile ?? '',
    resolve: Object.entries(options.resolve ?? {})
      .map(([host, address]) => `${host}=${address}`)
      .join('\n'),
    proxy: options.proxy ?? '',
    delayMinutes: text(options.delayMinutes),
    overlapMinutes: text(options.overlapMinutes),
    queryWindowMinutes: text(options.queryWindowMinutes),
    pollSeconds: text(options.pollSeconds),
  };
}
