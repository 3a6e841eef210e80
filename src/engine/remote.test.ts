import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../core/clock.ts';
import { createRemoteEngine } from './client.ts';
import { startHost } from './host-process.ts';

it('speaks to an engine behind a URL like to its own', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-remote-'));
  const host = await startHost({
    dataDir: dir,
    maxMemoryBytes: 500_000_000,
    failpoints: false,
    clock: systemClock,
  });
  const server = createServer((socket) => {
    const target = connect(host.endpoint.socketPath);
    socket.pipe(target).pipe(socket);
    for (const end of [socket, target])
      end.on('error', () => [socket, target].map((other) => other.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(createRemoteEngine({ url, username: 'u', password: 'wrong' })).rejects.toMatchObject({
    code: 'ENGINE_ERROR',
  });
  const engine = await createRemoteEngine({ url, username: 'u', password: host.endpoint.token });
  await engine.ensureTable({ name: 'T', columns: [{ name: 'a', type: 'int' }], retentionDays: 30 });
  await engine.command('INSERT INTO sluice.T (a, TimeGenerated) SELECT 7, now64(7)');
  expect((await engine.query('SELECT a FROM sluice.T')).rows).toEqual([[7]]);
  const endless = engine.query('SELECT sum(cityHash64(number)) FROM numbers(1000000000000000)', {
    queryId: 'e',
  });
  const outcome = expect(endless).rejects.toMatchObject({ code: 'QUERY_CANCELLED' });
  await expect
    .poll(
      async () =>
        (await engine.query("SELECT count() FROM system.processes WHERE startsWith(query, '/*sluice:e*/')"))
          .rows[0]?.[0],
    )
    .toBe('1');
  await engine.provenGone('e');
  await outcome;
  expect(engine.status()).toMatchObject({ state: 'ready', version: host.version });
  await engine.close();
  server.close();
  await host.stop();
  await rm(dir, { recursive: true, force: true });
});
