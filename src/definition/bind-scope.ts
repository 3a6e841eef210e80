import { createHash } from 'node:crypto';
import { createScope, type TemplateScope } from '../template/scope.ts';
import type { TemplateValue } from '../template/value.ts';
import { listInputNames } from './inputs.ts';
import type { Definition, InputField } from './model.ts';
import { isReservedName } from './references.ts';
import type { Report } from './report.ts';

/** Values for the definition's inputs, by name; names compare without regard to case. */
export type ConnectionParameters = Readonly<Record<string, string | readonly string[]>>;

export interface BindOptions {
  readonly connectionName: string;
  /** For utcNow(), milliseconds since 1970. */
  readonly nowMs?: number;
  /** For newGuid(); without it the GUID is made from the connection's name. */
  readonly newGuid?: () => string;
}

function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What the deploying host would fill in; none of it has an effect on polling. */
function hostParameters(definition: Definition, options: BindOptions): Record<string, TemplateValue> {
  const endpoint = {
    dataCollectionEndpoint: 'https://localhost',
    dataCollectionRuleImmutableId: 'dcr-sluice',
  };
  return {
    workspace: 'sluice',
    innerWorkspace: 'sluice',
    workspaceName: 'sluice',
    workspaceResourceId: '/sluice',
    location: 'local',
    'workspace-location': 'local',
    subscription: '00000000-0000-0000-0000-000000000000',
    resourceGroupName: 'sluice',
    dcrConfig: endpoint,
    ...endpoint,
    dataCollectionEndpointId: '/sluice',
    guidValue: guidOf(options.connectionName),
    connectorDefinitionName: definition.id,
  };
}

/** An untouched optional box of the original portal delivers its own name or `-NA-` (CCF §8 row 34). */
function isUntouched(value: string, input: InputField): boolean {
  return value === '' || (!input.required && (value === '-NA-' || value === input.name));
}

function checkOptions(values: readonly string[], input: InputField, report: Report): void {
  if (!input.options || input.options.length === 0) return;
  const keys = new Set(input.options.map((option) => option.key));
  if (values.some((value) => !keys.has(value)))
    report.error('PARAMETER_INVALID', `the value of ${input.name} is not one of those offered`);
}

interface InputContext {
  readonly report: Report;
  readonly asList: boolean;
}

function inputValue(
  given: string | readonly string[] | undefined,
  input: InputField,
  context: InputContext,
): TemplateValue {
  const values = (typeof given === 'string' ? [given] : (given ?? [])).filter(
    (value) => !isUntouched(value, input),
  );
  if (values.length === 0 && input.defaultValue) values.push(input.defaultValue);
  if (values.length === 0 && input.required)
    context.report.error('PARAMETER_MISSING', `a value for '${input.label}' (${input.name}) is missing`);
  if (input.kind === 'select' || input.kind === 'multiselect') checkOptions(values, input, context.report);
  // Blanks around a pasted value are never meant; a password may contain them.
  const clean = input.secret ? values : values.map((value) => value.trim());
  if (context.asList) return clean;
  return clean.length > 1 ? clean : (clean[0] ?? '');
}

/** Case-insensitive look-up of a given value. */
export function givenValue(
  parameters: ConnectionParameters,
  name: string,
): string | readonly string[] | undefined {
  const wanted = name.toLowerCase();
  const found = Object.entries(parameters).find(([key]) => key.toLowerCase() === wanted);
  return found?.[1];
}

/** Scope in which the pollers' templates are resolved; missing and unfit values are reported by name, never by value. */
export function bindScope(
  definition: Definition,
  parameters: ConnectionParameters,
  options: BindOptions,
  report: Report,
): TemplateScope {
  const lists = listInputNames(definition.ui.instructionSteps);
  const values: Record<string, TemplateValue> = hostParameters(definition, options);
  const known = new Set<string>();
  for (const input of definition.inputs) {
    const key = input.name.toLowerCase();
    known.add(key);
    values[input.name] = inputValue(givenValue(parameters, input.name), input, {
      report,
      asList: lists.has(key) || input.kind === 'multiselect',
    });
  }
  for (const name of Object.keys(parameters))
    if (!known.has(name.toLowerCase()) && !isReservedName(name))
      report.warning('PARAMETER_UNKNOWN', `the definition does not use the value '${name}'`);
  return createScope({
    parameters: values,
    newGuid: options.newGuid ?? (() => guidOf(options.connectionName)),
    ...(options.nowMs === undefined ? {} : { nowMs: options.nowMs }),
  });
}
