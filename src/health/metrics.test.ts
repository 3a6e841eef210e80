import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

test('renders the text format: help, type, sorted out numbers, escaped labels', async () => {
  const metrics = createMetrics();
  const runs = metrics.counter('sluice_runs_total', 'Runs.\nBy result.');
  runs.add({ connection: 'a"b\\c\nd', result: 'failed' });
  runs.add({ connection: 'a"b\\c\nd', result: 'failed' }, 2);
  metrics.gauge('sluice_free_bytes', 'Free.', async () => [
    { labels: {}, value: 1e15 },
    { labels: { disk: 'x' }, value: Number.NaN },
  ]);
  expect(await metrics.render()).toBe(
    [
      '# HELP sluice_runs_total Runs.\\nBy result.',
      '# TYPE sluice_runs_total counter',
      'sluice_runs_total{connection="a\\"b\\\\c\\nd",result="failed"} 3',
      '# HELP sluice_free_bytes Free.',
      '# TYPE sluice_free_bytes gauge',
      'sluice_free_bytes 1000000000000000',
      '',
    ].join('\n'),
  );
});

test('refuses a name twice', () => {
  const metrics = createMetrics();
  metrics.counter('sluice_a', '');
  expect(() => metrics.counter('sluice_a', '')).toThrow('taken');
});
