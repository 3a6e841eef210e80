import { expect, test } from 'vitest';
import { parseJsonPath } from '../core/json-path.ts';
import { openJson } from '../core/json-slice.ts';
import { missedRecords } from './answer-check.ts';

const check = (body: string, ...paths: string[]) =>
  missedRecords(openJson(Buffer.from(body)), paths.map(parseJsonPath));

test.each([
  ['{"records":[]}', '$.records', 'an empty list is an empty answer'],
  ['{"records":null,"data":[{}]}', '$.records', 'a null is one too'],
  ['{"total":0,"ids":[1,2]}', '$.records', 'no list of objects anywhere'],
  ['', '$.records', 'no body'],
  ['[]', '$', 'the root'],
  ['{"errors":[],"error":null}', '$.records', 'empty error members'],
])('%s with %s is nothing to remark: %s', (body, path) => {
  expect(check(body, path)).toBeUndefined();
});

test('the longest list of objects is named', () => {
  expect(check('{"links":[{}],"data":{"audit log":[{"a":[{},{},{},{}]},{},{}]}}', '$.records')).toBe(
    "EVENTS_PATH_EMPTY: `$.records` selects nothing, but `$.data['audit log']` has 3 objects",
  );
  expect(check('[{"a":1}]', '$.items')).toContain('`$` has 1 objects');
});

test('an answer that speaks of an error is one', () => {
  expect(check('{"errorMessages":["no"],"errors":{}}', '$.records')).toMatch(
    /^RESPONSE_ERROR_BODY: .*`errorMessages`;/,
  );
});
