import { describe, expect, it } from 'vitest';
import { isSluiceError } from '../core/errors.ts';
import { createScope } from './scope.ts';
import { hasTemplate, isExpression, resolveTemplate, templateReferences } from './template.ts';
import type { TemplateValue } from './value.ts';

const scope = createScope({
  parameters: {
    host: 'acme.example',
    ApiKey: 's3cret-value',
    interval: ['15'],
    kinds: ['a', 'b'],
    dcrConfig: { dataCollectionEndpoint: 'https://e', Nested: { list: [1, 2] } },
    quoted: "it's",
    empty: '',
  },
  variables: { one: 1 },
  nowMs: Date.UTC(2026, 10, 27, 8, 5, 9, 42),
  newGuid: () => '00000000-0000-4000-8000-000000000001',
});

function codeOf(text: string): string {
  try {
    resolveTemplate(text, scope);
  } catch (error) {
    if (isSluiceError(error)) {
      expect(error.message).not.toContain('s3cret-value');
      return error.code;
    }
    throw error;
  }
  throw new Error(`${text} did not fail`);
}

describe('resolveTemplate', () => {
  const cases: readonly [text: string, expected: TemplateValue][] = [
    ['plain', 'plain'],
    ['https://{{host}}/x?k={{APIKEY}}', 'https://acme.example/x?k=s3cret-value'],
    ['{{kinds}}', ['a', 'b']],
    ['{{kinds}}[1]', 'b'],
    ['q={{interval}}', 'q=15'],
    ['q={{kinds}}', 'q=a,b'],
    ['{_QueryWindowStartTime}', '{_QueryWindowStartTime}'],
    ["[parameters('host')]", 'acme.example'],
    ["[[parameters('HOST')]", 'acme.example'],
    ["[[parameters('host')]]", 'acme.example'],
    ["[[ concat( 'https://' , parameters('host') , '/wiki' ) ]", 'https://acme.example/wiki'],
    ["[[concat('{{quoted}}', '!')]", "it's!"],
    ["[concat('it''s')]", "it's"],
    ["[[int(parameters('interval')[0])]", 15],
    ["[[parameters('dcrConfig').datacollectionendpoint]", 'https://e'],
    ["[[parameters('dcrConfig').nested.list[1]]", 2],
    ["[[if(equals(parameters('host'), 'x'), parameters('missing'), 'no')]", 'no'],
    ["[[if(and(true(), not(false())), 'yes', 'no')]", 'yes'],
    ["[[or(false(), contains(parameters('kinds'), 'b'))]", true],
    ["[[contains('abc', 'B')]", false],
    ["[[startsWith('https://x', 'HTTPS')]", true],
    ["[[replace('https://github.example/x', 'https://github.example/', 'https://api/')]", 'https://api/x'],
    ["[[last(split('/a/b', '/'))]", 'b'],
    ["[[first('abc')]", 'a'],
    ["[[take('abcdef', 3)]", 'abc'],
    ['[[skip(createArray(1, 2, 3), 1)]', [2, 3]],
    ["[[substring('abcdef', 2, 3)]", 'cde'],
    ["[[length(parameters('kinds'))]", 2],
    ["[[empty(parameters('empty'))]", true],
    ["[[coalesce(null(), 'x')]", 'x'],
    ["[[toUpper(trim(' a '))]", 'A'],
    ["[[format('{0}-{1}{{}}', 'a', 2)]", 'a-2{}'],
    ["[[base64('a:b')]", 'YTpi'],
    ['[[json(\'{"a":[1]}\').a[0]]', 1],
    ["[[string(createObject('a', 1))]", '{"a":1}'],
    ['[[union(createArray(1, 2), createArray(2, 3))]', [1, 2, 3]],
    ["[[indexOf('abc', 'C')]", 2],
    ["[[bool('true')]", true],
    ["[[add(variables('one'), -3)]", -2],
    ["[[join(parameters('kinds'), ';')]", 'a;b'],
    ["[[utcNow('yyyy-MM-ddTHH:mm:ss.fffZ')]", '2026-11-27T08:05:09.042Z'],
    ['[[newGuid()]', '00000000-0000-4000-8000-000000000001'],
    ['[[subscription().subscriptionId]', '00000000-0000-0000-0000-000000000000'],
    ['[[resourceGroup().name]', 'sluice'],
    [
      "[[resourceId('s', 'g', 'P.T/kinds/parts', 'a', 'b')]",
      '/subscriptions/s/resourceGroups/g/providers/P.T/kinds/a/parts/b',
    ],
  ];
  it.each(cases)('%s', (text, expected) => {
    expect(resolveTemplate(text, scope)).toEqual(expected);
  });

  it('makes repeatable names from their arguments', () => {
    const unique = resolveTemplate("[[uniqueString('a', 'b')]", scope);
    expect(unique).toMatch(/^[a-z2-7]{13}$/);
    expect(resolveTemplate("[[uniqueString('a', 'b')]", scope)).toBe(unique);
    expect(resolveTemplate("[[uniqueString('ab')]", scope)).not.toBe(unique);
    expect(resolveTemplate("[[guid('a')]", scope)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it.each([
    ["[[concat('parameters('workspace')', 'x')]", 'TEMPLATE_SYNTAX'],
    ["[[concat('open)]", 'TEMPLATE_SYNTAX'],
    ["[[concat('a' 'b')]", 'TEMPLATE_SYNTAX'],
    ["[[concat('a'))]", 'TEMPLATE_SYNTAX'],
    ["[[parameters('host')]]]", 'TEMPLATE_SYNTAX'],
    ["[[nothing('a')]", 'TEMPLATE_FUNCTION_UNKNOWN'],
    ["[[parameters('missing')]", 'TEMPLATE_PARAMETER_UNKNOWN'],
    ['{{missing}}', 'TEMPLATE_PARAMETER_UNKNOWN'],
    ["[[variables('missing')]", 'TEMPLATE_VARIABLE_UNKNOWN'],
    ["[[parameters('dcrConfig').missing]", 'TEMPLATE_MEMBER_UNKNOWN'],
    ["[[parameters('kinds')[2]]", 'TEMPLATE_MEMBER_UNKNOWN'],
    ['{{kinds}}[7]', 'TEMPLATE_MEMBER_UNKNOWN'],
    ["[[int(parameters('ApiKey'))]", 'TEMPLATE_ARGUMENT'],
    ["[[json(parameters('ApiKey'))]", 'TEMPLATE_ARGUMENT'],
    ["[[replace('a', '', 'b')]", 'TEMPLATE_ARGUMENT'],
    ["[[replace('a', 'b')]", 'TEMPLATE_ARGUMENT'],
    ["[[substring('abc', 2, 9)]", 'TEMPLATE_ARGUMENT'],
    ['[[first(createArray())]', 'TEMPLATE_ARGUMENT'],
    ["[[not('x')]", 'TEMPLATE_ARGUMENT'],
    ["[[format('{0:N2}', 1)]", 'TEMPLATE_ARGUMENT'],
    ["[[utcNow('dddd')]", 'TEMPLATE_ARGUMENT'],
  ])('%s → %s', (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it('limits nesting', () => {
    const nested = (depth: number) => `[[${'concat('.repeat(depth)}'x'${')'.repeat(depth)}]`;
    expect(resolveTemplate(nested(60), scope)).toBe('x');
    expect(codeOf(nested(80))).toBe('TEMPLATE_TOO_LARGE');
    expect(codeOf(`[[parameters('kinds')${'[0]'.repeat(80)}]`)).toMatch(/^TEMPLATE_/);
  });

  it('refuses results beyond the limit', () => {
    const doubling = (inner: string) => `replace(${inner}, 'x', '${'x'.repeat(2000)}')`;
    expect(codeOf(`[[${doubling(doubling("'x'"))}]`)).toBe('TEMPLATE_TOO_LARGE');
  });

  it('names function and position in the message and gives a span', () => {
    try {
      resolveTemplate("[[concat('a', substring('abc', 5))]", scope);
      expect.unreachable();
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      expect(error.message).toContain('substring()');
      expect(error.place).toEqual({ start: 14, end: 33 });
    }
  });

  it('has neither time nor GUID unless they are given', () => {
    const bare = createScope({ parameters: {} });
    expect(() => resolveTemplate('[[utcNow()]', bare)).toThrow(/time is not known/);
    expect(() => resolveTemplate('[[newGuid()]', bare)).toThrow(/GUID/);
  });
});

describe('isExpression', () => {
  it.each(['[1, 2]', '[a-z]+', '["a"]', '[{"a": 1}]', '[abc]', "concat('a')", '[concat', '[]'])(
    '%s is plain text',
    (text) => {
      expect(isExpression(text)).toBe(false);
      expect(resolveTemplate(text, scope)).toBe(text);
    },
  );

  it('sees what needs resolving', () => {
    expect(hasTemplate('a {{b}}')).toBe(true);
    expect(hasTemplate('{_QueryWindowStartTime} $name$')).toBe(false);
  });
});

describe('templateReferences', () => {
  it('lists names in order', () => {
    expect(
      templateReferences("[[concat('{{a}}', parameters('B'), if(true(), PARAMETERS('c')[0], 'x'))]")
        .parameters,
    ).toEqual(['a', 'B', 'c']);
  });

  it('still finds names where the expression does not parse', () => {
    const found = templateReferences(
      "[[concat('parameters('workspace')', uniqueString(parameters('friendlyName')))]",
    );
    expect(found.parameters).toEqual(['workspace', 'friendlyName']);
    expect(found.error?.code).toBe('TEMPLATE_SYNTAX');
  });

  it('reports unknown functions and wrong counts without evaluating', () => {
    expect(templateReferences("[[nothing(parameters('a'))]").error?.code).toBe('TEMPLATE_FUNCTION_UNKNOWN');
    expect(templateReferences("[[if(true(), 'a')]").error?.code).toBe('TEMPLATE_ARGUMENT');
  });
});
