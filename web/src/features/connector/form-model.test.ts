import { describe, expect, test } from 'vitest';
import type { Connection, InputField, Instruction } from '../../lib/api-types.ts';
import * as model from './form-model.ts';

const field = (name: string, more: Partial<InputField> = {}): InputField => ({
  name,
  label: name,
  kind: 'text',
  secret: false,
  masked: false,
  required: true,
  declared: true,
  ...more,
});
const instruction = (
  type: string,
  parameters: Record<string, unknown> = {},
  inner: Instruction[] = [],
): Instruction => ({
  type,
  parameters,
  steps: inner.length > 0 ? [{ instructions: inner, innerSteps: [] }] : [],
});
const values = (more: Partial<model.FormValues> = {}): model.FormValues => ({
  ...model.initialValues([], 'n'),
  ...more,
});
const now = Date.parse('2026-11-20T12:00:00Z');

describe('fields of a pane', () => {
  const inputs = [
    field('host'),
    field('key', { secret: true, masked: true }),
    field('other'),
    field('hidden', { declared: false }),
  ];
  const pane = instruction('ContextPane', {}, [
    instruction('Textbox', { name: 'Host' }),
    instruction('InstructionStepsGroup', {}, [instruction('Textbox', { name: 'key' })]),
  ]);
  test('only what the pane names, in the order of the definition; undeclared ones are advanced', () => {
    expect(model.paneFields(inputs, pane).main.map((item) => item.name)).toEqual(['host', 'key']);
    expect(model.paneFields(inputs, pane).advanced.map((item) => item.name)).toEqual(['hidden']);
  });
  test('a definition without a pane shows all declared ones', () => {
    expect(model.paneFields(inputs, undefined).main).toHaveLength(3);
  });
  test('panes are found at any depth', () => {
    const steps = [
      {
        instructions: [instruction('InstructionStepsGroup', {}, [pane])],
        innerSteps: [{ instructions: [instruction('DataConnectorsContextPane')], innerSteps: [] }],
      },
    ];
    expect(model.contextPanes(steps)).toEqual([pane, instruction('DataConnectorsContextPane')]);
  });
});

test('suggested names are valid and unique', () => {
  expect(model.suggestName('Acme Audit (using REST API)', [])).toBe('acme-audit');
  expect(model.suggestName('Acme Audit', ['acme-audit', 'ACME-AUDIT-2'])).toBe('acme-audit-3');
  expect(model.suggestName('日本', [])).toBe('connection');
  expect(model.nameError('acme-audit', ['x'])).toBeUndefined();
  expect(model.nameError('', [])).toBe('Enter Connection name.');
  expect(model.nameError('-a', [])).toMatch(/^Use 1 to 63/);
  expect(model.nameError('x', ['x'])).toBe('A connection named x exists. Choose another name.');
});

describe('bare hosts', () => {
  const host = {
    files: [
      {
        file: 'p.json',
        text: '"apiEndpoint": "https://{{siteUrl}}/rest", "x": "[[concat(\'https://\', parameters(\'org\'), \'/a\')]", "y": "{{base}}/b"',
      },
    ],
  };
  test('found after https:// in both spellings, without case', () => {
    expect(['siteurl', 'org', 'base', 'rl'].map((name) => model.wantsBareHost(host, name))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
  test('scheme and slash are removed and told', () => {
    expect(model.tidyValue(' https://acme.example.com/ ', field('h'), true)).toEqual({
      value: 'acme.example.com',
      note: 'Removed "https://" and the trailing "/". The connector adds them.',
    });
    expect(model.tidyValue('https://acme.example.com/', field('h'), false)).toEqual({
      value: 'https://acme.example.com/',
    });
    expect(model.tidyValue('key\n', field('k', { secret: true }), false).note).toBe(
      'Removed spaces around the pasted value.',
    );
  });
});

test('field messages', () => {
  expect(model.fieldError(field('API key'), '  ')).toBe('Enter API key.');
  expect(model.fieldError(field('x', { required: false }), '')).toBeUndefined();
  expect(model.fieldError(field('m', { kind: 'email' }), 'a')).toMatch(/e-mail/);
  expect(model.fieldError(field('n', { kind: 'number' }), 'abc')).toBe('Enter a number.');
  expect(model.fieldError(field('s', { kind: 'multiselect' }), [])).toBe('Enter s.');
});

test('start', () => {
  expect(model.startValue('now', '', now)).toBe('2026-11-20T12:00:00.000Z');
  expect(model.startValue('7d', '', now)).toBe('7d');
  expect(model.startValue('custom', '2026-11-01 08:00', now)).toBe('2026-11-01T08:00:00.000Z');
  expect(model.startValue('custom', ' 12h ', now)).toBe('12h');
  expect(model.startError('custom', 'soon', now)).toMatch(/^Enter a time/);
  expect(model.startError('custom', '2027-01-01', now)).toBe('The start must be in the past.');
  expect(model.startError('24h', 'ignored', now)).toBeUndefined();
});

test('options leave out what is empty', () => {
  expect(model.optionsOf(values())).toEqual({});
  expect(
    model.optionsOf(
      values({ resolve: 'a.example=127.0.0.1:1\nb.example=::1', pollSeconds: '2', caFile: ' /ca.pem ' }),
    ),
  ).toEqual({
    resolve: { 'a.example': '127.0.0.1:1', 'b.example': '::1' },
    pollSeconds: 2,
    caFile: '/ca.pem',
  });
  expect(model.parseResolve('nonsense').error).toBe('Enter host=address, one a line; "nonsense" is not.');
  expect(model.numberError('0', 1)).toBe('Enter a number from 1.');
});

describe('requests', () => {
  const fields = [field('host'), field('key', { secret: true }), field('note', { required: false })];
  test('creating', () => {
    expect(
      model.connectionInput(
        'def',
        fields,
        values({ name: ' n ', fields: ['h', 's', ''], start: '30d' }),
        now,
      ),
    ).toEqual({ definitionId: 'def', name: 'n', parameters: { host: 'h', key: 's' }, start: '30d' });
  });
  test('modifying keeps saved secrets and an unchanged name out', () => {
    const connection = {
      name: 'n',
      options: {},
      parameters: { host: 'h', key: { set: true, last4: 'abcd', updatedAt: '2026-11-20T00:00:00Z' } },
    } as unknown as Connection;
    const start = model.initialValues(fields, 'x', connection);
    expect(start).toMatchObject({ name: 'n', fields: ['h', '', ''] });
    expect(model.connectionPatch(connection, fields, start, new Set(['key']))).toEqual({
      parameters: { host: 'h' },
      options: {},
    });
    expect(
      model.connectionPatch(connection, fields, { ...start, name: 'm', fields: ['h', 'new', ''] }, new Set()),
    ).toEqual({ name: 'm', parameters: { host: 'h', key: 'new' }, options: {} });
  });
});
