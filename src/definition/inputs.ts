import type { InputField, Instruction, InstructionStep } from './model.ts';
import type { TemplateUse } from './references.ts';
import { walkInstructions } from './steps.ts';
import { isJsonObject } from './tree.ts';

type Parameters = Readonly<Record<string, unknown>>;

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** What `validations.required` or its alias `required` says; undefined when silent. */
function statedRequired(parameters: Parameters): boolean | undefined {
  const validations = isJsonObject(parameters['validations']) ? parameters['validations'] : {};
  const stated = textOf(validations['required'] ?? parameters['required'])?.toLowerCase();
  return stated === undefined ? undefined : stated === 'true' || stated === '1';
}

interface FieldContext {
  readonly used: ReadonlySet<string>;
  /** Inside an option of a Radio: needed only when that option is chosen. */
  readonly optional: boolean;
}

function baseField(
  parameters: Parameters,
  context: FieldContext,
): Omit<InputField, 'kind' | 'secret' | 'masked'> | undefined {
  const name = textOf(parameters['name'])?.trim();
  if (!name) return undefined;
  const placeholder = textOf(parameters['placeholder']);
  const description = textOf(parameters['description']) ?? textOf(parameters['tooltip']);
  const defaultValue = textOf(parameters['defaultValue']);
  return {
    name,
    label: textOf(parameters['label']) ?? textOf(parameters['title']) ?? name,
    required: !context.optional && (statedRequired(parameters) ?? context.used.has(name.toLowerCase())),
    declared: true,
    ...(placeholder ? { placeholder } : {}),
    ...(description ? { description } : {}),
    ...(defaultValue ? { defaultValue } : {}),
  };
}

const textKinds: Readonly<Record<string, InputField['kind']>> = {
  number: 'number',
  email: 'email',
  url: 'url',
};

function textbox(parameters: Parameters, context: FieldContext): InputField[] {
  const base = baseField(parameters, context);
  if (!base) return [];
  const type = textOf(parameters['type'])?.toLowerCase() ?? 'text';
  if (type === 'password') return [{ ...base, kind: 'secret', secret: true, masked: true }];
  return [{ ...base, kind: textKinds[type] ?? 'text', secret: type === 'securestring', masked: false }];
}

function optionsOf(parameters: Parameters): { key: string; text: string }[] {
  const options: unknown[] = Array.isArray(parameters['options']) ? parameters['options'] : [];
  return options.filter(isJsonObject).flatMap((option) => {
    const key = textOf(option['key'] ?? option['value']);
    return key === undefined ? [] : [{ key, text: textOf(option['text'] ?? option['label']) ?? key }];
  });
}

function choice(parameters: Parameters, context: FieldContext): InputField[] {
  const base = baseField(parameters, context);
  if (!base) return [];
  const several = textOf(parameters['isMultiSelect'])?.toLowerCase() === 'true';
  return [
    {
      ...base,
      kind: several ? 'multiselect' : 'select',
      secret: false,
      masked: false,
      options: optionsOf(parameters),
    },
  ];
}

/** Fixed names (CCF §1.6). */
function oauthForm(parameters: Parameters, context: FieldContext): InputField[] {
  const required = !context.optional;
  const label = (name: string, fallback: string) => textOf(parameters[name]) ?? fallback;
  return [
    {
      name: 'ClientId',
      label: label('clientIdLabel', 'Client ID'),
      kind: 'text',
      secret: true,
      masked: false,
      required,
      declared: true,
    },
    {
      name: 'ClientSecret',
      label: label('clientSecretLabel', 'Client secret'),
      kind: 'secret',
      secret: true,
      masked: true,
      required,
      declared: true,
    },
    {
      name: 'AuthorizationCode',
      label: 'Authorization code',
      kind: 'oauth',
      secret: true,
      masked: true,
      required: false,
      declared: true,
    },
  ];
}

const fieldReaders: Readonly<
  Record<string, (parameters: Parameters, context: FieldContext) => InputField[]>
> = {
  textbox,
  dropdown: choice,
  radio: choice,
  oauthform: oauthForm,
  serviceprincipalidtextbox_test: textbox,
};

function declaredFields(steps: readonly InstructionStep[], used: ReadonlySet<string>): InputField[] {
  const fields: InputField[] = [];
  walkInstructions(steps, (instruction, optional) => {
    const read = fieldReaders[instruction.type.toLowerCase()];
    if (read) fields.push(...read(instruction.parameters, { used, optional }));
  });
  return fields;
}

function humanise(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function undeclaredField(use: TemplateUse): InputField {
  const secret = use.credential || /secret|password|token|api_?key/i.test(use.name);
  const base = { name: use.name, label: humanise(use.name), required: true, declared: false };
  if (secret) return { ...base, kind: 'secret', secret: true, masked: true };
  return { ...base, kind: /ur[li]$/i.test(use.name) ? 'url' : 'text', secret: false, masked: false };
}

/** Everything the user gives when connecting: fields of the page, then what only the pollers ask for. CCF §1.6. */
export function collectInputs(steps: readonly InstructionStep[], uses: readonly TemplateUse[]): InputField[] {
  const used = new Set(uses.map((use) => use.name.toLowerCase()));
  const fields = new Map<string, InputField>();
  for (const field of declaredFields(steps, used)) {
    const key = field.name.toLowerCase();
    const known = fields.get(key);
    // The same field in every option of a Radio: one value, secret if any says so.
    fields.set(
      key,
      known
        ? { ...known, secret: known.secret || field.secret, masked: known.masked || field.masked }
        : field,
    );
  }
  for (const use of uses)
    if (!fields.has(use.name.toLowerCase())) fields.set(use.name.toLowerCase(), undeclaredField(use));
  return [...fields.values()];
}

/** Names of the fields whose value is always a list: drop-downs, also single-select ones (CCF §1.6). */
export function listInputNames(steps: readonly InstructionStep[]): ReadonlySet<string> {
  const names = new Set<string>();
  walkInstructions(steps, ({ type, parameters }: Instruction) => {
    const name = textOf(parameters['name']);
    if (type.toLowerCase() === 'dropdown' && name) names.add(name.trim().toLowerCase());
  });
  return names;
}
