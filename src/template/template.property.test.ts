import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSluiceError } from '../core/errors.ts';
import { templateFunctions } from './functions/registry.ts';
import { createScope } from './scope.ts';
import { hasTemplate, resolveTemplate, templateReferences } from './template.ts';

const options = { seed: 20261127, numRuns: 300 };
const nothing = createScope({ parameters: {} });
const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
const noPlaceholder = fc.string({ unit: 'grapheme' }).filter((text) => !/\{\{/.test(text));
const identifier = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/);

/** Random texts built from the language's own pieces reach further than random characters. */
const fragment = fc.constantFrom(
  ...Object.keys(templateFunctions).map((name) => `${name}(`),
  "'a'",
  "'",
  '(',
  ')',
  '[',
  ']',
  ',',
  '.',
  '1',
  '-2',
  ' ',
  '{{a}}',
  "parameters('a')",
  'x',
  '[[',
  ']]',
);
const soup = fc.array(fragment, { maxLength: 25 }).map((parts) => `[[${parts.join('')}]`);

describe('templates', () => {
  it('give a literal back whatever it holds', () => {
    fc.assert(
      fc.property(noPlaceholder, (text) => {
        expect(resolveTemplate(`[[concat(${quote(text)})]`, nothing)).toBe(text);
      }),
      options,
    );
  });

  it('leave text without a template alone', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!hasTemplate(text));
        expect(resolveTemplate(text, nothing)).toBe(text);
      }),
      options,
    );
  });

  it('put a value in unchanged, by placeholder and by expression, whatever the case of the name', () => {
    fc.assert(
      fc.property(identifier, fc.string(), (name, value) => {
        const scope = createScope({ parameters: { [name]: value } });
        expect(resolveTemplate(`{{${name.toUpperCase()}}}`, scope)).toBe(value);
        expect(resolveTemplate(`<{{${name}}}>`, scope)).toBe(`<${value}>`);
        expect(resolveTemplate(`[[concat('<', parameters('${name.toLowerCase()}'), '>')]`, scope)).toBe(
          `<${value}>`,
        );
      }),
      options,
    );
  });

  it('fail with a typed error only, and without the value', () => {
    const secret = 'pr1vate-value';
    const scope = createScope({ parameters: { a: secret } });
    fc.assert(
      fc.property(fc.oneof(soup, fc.string()), (text) => {
        const { error } = templateReferences(text);
        try {
          resolveTemplate(text, scope);
        } catch (raised) {
          if (!isSluiceError(raised)) throw raised;
          expect(raised.code).toMatch(/^TEMPLATE_/);
          expect(raised.message).not.toContain(secret);
          return;
        }
        // What resolves must also have passed the check that runs when a package is loaded.
        if (!text.includes('{{')) expect(error).toBeUndefined();
      }),
      { ...options, numRuns: 2000 },
    );
  });

  it('take split and join as inverses', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (text, delimiter) => {
        const scope = createScope({ parameters: { text, delimiter } });
        const both = "[[join(split(parameters('text'), parameters('delimiter')), parameters('delimiter'))]";
        expect(resolveTemplate(both, scope)).toBe(text);
      }),
      options,
    );
  });

  it('give a part and its rest', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(30), (text, count) => {
        const scope = createScope({ parameters: { text } });
        expect(
          resolveTemplate(
            `[[concat(take(parameters('text'), ${count}), skip(parameters('text'), ${count}))]`,
            scope,
          ),
        ).toBe(text);
      }),
      options,
    );
  });
});
