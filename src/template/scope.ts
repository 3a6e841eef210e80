import type { TemplateValue } from './value.ts';

/** What an expression can see. Parameter and variable names compare without regard to case. */
export interface TemplateScope {
  parameter(name: string): TemplateValue | undefined;
  variable(name: string): TemplateValue | undefined;
  /** Milliseconds since 1970; undefined when the caller gave no clock. */
  readonly nowMs: number | undefined;
  /** A new GUID; undefined when the caller gave no source. */
  readonly newGuid: (() => string) | undefined;
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
}

export interface TemplateScopeOptions {
  readonly parameters: Readonly<Record<string, TemplateValue>>;
  readonly variables?: Readonly<Record<string, TemplateValue>>;
  readonly nowMs?: number;
  readonly newGuid?: () => string;
  readonly subscriptionId?: string;
  readonly resourceGroupName?: string;
}

function lookup(
  values: Readonly<Record<string, TemplateValue>>,
): (name: string) => TemplateValue | undefined {
  const byName = new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => byName.get(name.toLowerCase());
}

export function createScope(options: TemplateScopeOptions): TemplateScope {
  return {
    parameter: lookup(options.parameters),
    variable: lookup(options.variables ?? {}),
    nowMs: options.nowMs,
    newGuid: options.newGuid,
    subscriptionId: options.subscriptionId ?? '00000000-0000-0000-0000-000000000000',
    resourceGroupName: options.resourceGroupName ?? 'sluice',
  };
}
