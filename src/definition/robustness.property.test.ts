import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindPollers } from './bind.ts';
import { formatCheck } from './check.ts';
import { loadDefinition } from './load.ts';
import { maskedResource } from './masked-resource.ts';
import { dcr, definition, file, poller, table } from './testing/packages.ts';

const parts = [definition, poller, dcr, table];

/** Every path into a JSON value, the root included. */
function pathsOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

function replaceAt(value: unknown, path: readonly (string | number)[], replacement: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return replacement;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[head] = replaceAt(copy[head], rest, replacement);
  return copy;
}

const junk = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    '{{key}}',
    "[[parameters('key')]",
    "[[concat('a')",
    "[[int('x')]",
    '',
    '$.[',
    -1,
    1e300,
    true,
    null,
    [],
    {},
    '{{x}}[3]',
  ),
);
const mutation = fc
  .constantFrom(...parts.keys())
  .chain((part) =>
    fc.record({ part: fc.constant(part), path: fc.constantFrom(...pathsOf(parts[part])), value: junk }),
  );

describe('a damaged package', () => {
  it('never makes the loader or the binder throw, and never shows a secret', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const damaged: unknown[] = [...parts];
        for (const { part, path, value } of mutations) {
          if (pathsOf(damaged[part]).some((known) => JSON.stringify(known) === JSON.stringify(path)))
            damaged[part] = replaceAt(damaged[part], path, value);
        }
        const loaded = loadDefinition(
          damaged.map((content, at) => file(`${at}.json`, JSON.stringify(content) ?? 'null')),
        );
        const values = { host: 'acme.example', user: 'ann-user', key: 'k-secret-1', note: 'x' };
        const bound = bindPollers(loaded, values, { connectionName: 'x' });
        const declared = loaded.inputs.some((input) => input.name === 'key' && input.secret);
        if (declared) {
          expect(JSON.stringify(bound.diagnostics)).not.toContain('k-secret-1');
          for (const template of loaded.pollers)
            expect(JSON.stringify(maskedResource(loaded, template, values))).not.toContain('k-secret-1');
        }
        expect(formatCheck(loaded, bound.diagnostics)).toContain(loaded.id);
      }),
      { seed: 20261127, numRuns: 500 },
    );
  });

  it('of arbitrary text does not throw either', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json()), { maxLength: 4 }), (texts) => {
        loadDefinition(texts.map((text, at) => ({ file: `${at}.json`, text })));
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
