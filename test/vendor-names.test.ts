import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../src/core/entry.ts';

const connectors = join(projectRoot(), 'connectors');

/** Vendor folders, the first word of each connector's name, and every table. */
function names(): string[] {
  const vendors = readdirSync(connectors);
  const products = vendors.flatMap((vendor) =>
    readdirSync(join(connectors, vendor), { withFileTypes: true })
      .filter((e) => e.isDirectory())
      .map((e) => e.name.split('-')[0]!),
  );
  const tables = vendors.flatMap((vendor) =>
    readdirSync(join(connectors, vendor), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('tables.json'))
      .flatMap((file) =>
        [...readFileSync(join(connectors, vendor, file), 'utf8').matchAll(/\b\w+_CL\b/g)].map((m) => m[0]),
      ),
  );
  // "organization" is an ordinary word.
  return [...new Set([...vendors, ...products, ...tables])].filter((name) => name !== 'organization');
}

test('no source outside connectors and simulators names a vendor, a product or a table', () => {
  const words = names();
  expect(words.length).toBeGreaterThan(4);
  const pattern = new RegExp(words.join('|'), 'i');
  const files = readdirSync(join(projectRoot(), 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('testing'),
  );
  expect(files.length).toBeGreaterThan(200);
  const found = files.filter((file) => pattern.test(readFileSync(join(projectRoot(), 'src', file), 'utf8')));
  expect(found).toEqual([]);
});
