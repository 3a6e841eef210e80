import { describe, expect, it } from 'vitest';
import { countFindings, formatCheck } from './check.ts';
import { loadDefinition } from './load.ts';
import { bend, file, packageOf, poller } from './testing/packages.ts';

describe('formatCheck', () => {
  it('shows a clean package in a few lines', () => {
    expect(formatCheck(loadDefinition(packageOf()))).toBe(
      [
        'Acme audit (Acme)',
        '  pollers: AcmeEvents',
        '  tables:  Acme_CL',
        '  inputs:  host, user, key',
        '',
        '0 errors, 0 warnings, 0 notes',
        '',
      ].join('\n'),
    );
  });

  it('groups findings by file, errors first, with hints', () => {
    const bent = bend(poller, {
      'properties.request.timeoutInSeconds': 600,
      'properties.auth.type': 'OAuth2',
    });
    const loaded = loadDefinition([...packageOf({ poller: bent, table: null }), file('old.yaml', '')]);
    const text = formatCheck(loaded, [
      { code: 'KQL_X', severity: 'error', message: 'no such function', place: { file: 'dcr.json' } },
    ]);
    expect(text.split('\n').slice(5)).toEqual([
      'poller.json',
      '  error   AUTH_TYPE_UNSUPPORTED  auth type OAuth2 is not run by this version at $.properties.auth.type',
      '          → This version runs Basic, APIKey and None.',
      '  warning VALUE_RANGE  timeoutInSeconds is out of range; 180 is used at $.properties.request.timeoutInSeconds',
      '          → Choose a number within the range.',
      '',
      'dcr.json',
      '  error   KQL_X  no such function',
      '',
      'old.yaml',
      '  note    FILE_IGNORED  old.yaml is not a JSON file and was left out',
      '',
      '(package)',
      '  note    TABLE_INFERRED  table Acme_CL is not declared; its columns follow from the transform',
      '',
      '2 errors, 1 warning, 2 notes',
      '',
    ]);
  });

  it('counts', () => {
    expect(countFindings([{ code: 'A', severity: 'warning', message: '' }])).toBe(
      '0 errors, 1 warning, 0 notes',
    );
  });
});
