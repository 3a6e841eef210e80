/** Composition root: the only file that knows everything. Constructors in order, and the reverse order to stop. */
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createApiServer } from './api/server.ts';
import type { AppServices } from './api/services.ts';
import { createLocalArchive } from './archive/local/store.ts';
import type { RunningSluice, StartOptions } from './cli/app-contract.ts';
import { auditedServices } from './control/audited-services.ts';
import { createAuthService, ensureFirstUser } from './control/auth.ts';
import { createConnectionService } from './control/connection-service.ts';
import { createConnectionStates } from './control/connection-states.ts';
import { createConnectionStore } from './control/connections.ts';
import { createDefinitionService } from './control/definition-service.ts';
import { createDefinitionCatalogue } from './control/definitions.ts';
import { createDeliveryAnnouncer } from './control/delivery-announcer.ts';
import { createDiskWatch } from './control/disk.ts';
import { createEventLog } from './control/events.ts';
import { createFailureWatch } from './control/failure-watch.ts';
import { createHealth } from './control/health.ts';
import { createIngestMetrics, registerGauges } from './control/health-metrics.ts';
import { createHealthSubjects } from './control/health-subjects.ts';
import { closeHttpClients, createHttpClientPool, httpClientFor } from './control/http-clients.ts';
import { createIngestEvents } from './control/ingest-events.ts';
import { createInstall } from './control/install.ts';
import { createLog } from './control/log.ts';
import { createOperations } from './control/operations.ts';
import { createParkedWindows } from './control/parked-windows.ts';
import { createQueryRunner } from './control/queries.ts';
import { observedRunStore } from './control/run-observer.ts';
import { createRunner } from './control/runner.ts';
import { createRunStore } from './control/runs.ts';
import { createScheduler } from './control/scheduler.ts';
import { createSchemaDrift } from './control/schema-drift.ts';
import { createSettingStore } from './control/settings.ts';
import { createTableGaps } from './control/table-gaps.ts';
import { goesOnAt } from './control/throttling.ts';
import { createUpkeep } from './control/upkeep.ts';
import { createWebhook } from './control/webhook.ts';
import { createWindowParking } from './control/window-parking.ts';
import { systemClock } from './core/clock.ts';
import { projectRoot } from './core/entry.ts';
import { removeRuntimeFile, writeRuntimeFile } from './core/runtime-file.ts';
import { readDefinitionFolder } from './definition/folder.ts';
import { loadDefinition } from './definition/load.ts';
import { type Overlay, parseOverlays } from './definition/overlay.ts';
import { type ServingSluice, startDemo } from './demo.ts';
import { createEngine } from './engine/client.ts';
import { countHealthRows } from './health/health-rows.ts';
import { createMetrics } from './health/metrics.ts';
import { createLimiterRegistry } from './http/rate-limiter.ts';
import { createIngest } from './ingest/ingest.ts';
import { createKqlCompiler } from './kql/client.ts';
import { compilerVersion, supportedKql } from './kql/supported.ts';
import { openDataFolder } from './state/data-folder.ts';
import { loadSecretKey } from './state/secret-key.ts';
import { createSecretStore } from './state/secrets.ts';
import { openState } from './state/state.ts';

const random = () => randomInt(2 ** 32) / 2 ** 32;

/** Starts everything and resolves when requests are served. Rejects with a SluiceError that names the cause and the fix. */
export async function startSluice(options: StartOptions): Promise<RunningSluice> {
  return options.demo ? startDemo(options, startServing) : startServing(options);
}

async function startServing(options: StartOptions): Promise<ServingSluice> {
  const clock = systemClock;
  const closers: (() => Promise<unknown> | unknown)[] = [];
  const stopAll = async () => {
    for (const close of closers.reverse().splice(0)) await close();
  };
  try {
    return await assemble();
  } catch (error) {
    await stopAll();
    throw error;
  }

  async function assemble(): Promise<ServingSluice> {
    const path = resolve(options.dataFolder);
    const folder = await openDataFolder(path, { clock });
    closers.push(() => folder.close());
    const log = createLog({ folder: join(path, 'logs'), level: options.logLevel });
    closers.push(() => log.close());

    const state = await openState({ file: folder.stateFile, clock });
    closers.push(() => state.close());
    const { db } = state;
    const secrets = createSecretStore({
      db,
      key: await loadSecretKey({ env: process.env, file: folder.secretKeyFile }),
      clock,
    });
    const settings = createSettingStore(db, clock);
    if (options.webhookUrl !== undefined) await settings.update({ webhookUrl: options.webhookUrl });
    const events = createEventLog({ db, clock, logger: log.logger });
    const announcer = createDeliveryAnnouncer({ clock, events });
    closers.push(() => announcer.close());
    const httpClients = createHttpClientPool({ clock, random, env: process.env });
    closers.push(() => closeHttpClients(httpClients));
    const limiters = createLimiterRegistry({ clock, random });

    const metrics = createMetrics();
    const tellIngest = createIngestEvents(events, announcer);
    const countIngest = createIngestMetrics(metrics);

    const engineMemory = (options.memoryBudgetMb ?? 1_200) * 1024 * 1024;
    const engine = await createEngine({
      dataDir: folder.engineFolder,
      maxMemoryBytes: engineMemory,
      clock,
      random,
    });
    closers.push(() => engine.close());
    const kql = createKqlCompiler({ clock });
    const kqlVersion = compilerVersion();
    closers.push(() => kql.close());
    const archive = createLocalArchive(folder.archiveFolder);
    const ingest = createIngest({
      state,
      archive,
      engine,
      kql,
      clock,
      random,
      workspaceId: folder.workspaceId,
      compilerVersion: kqlVersion,
      defaultRetentionDays: async () => (await settings.get()).retentionDays,
      onEvent: (event) => {
        tellIngest(event);
        countIngest(event);
      },
      ...(process.env['SLUICE_READ_BACK'] === 'off' ? { readBack: false } : {}),
    });
    closers.push(() => ingest.close());

    const catalogue = createDefinitionCatalogue({
      db,
      clock,
      overlays: readOverlays(join(projectRoot(), 'connectors')),
    });
    await installBuiltins(catalogue);
    const connections = createConnectionStore({ db, secrets, clock });
    const nameOf = (id: string) =>
      connections.find(id).then(
        (row) => row.name,
        () => id,
      );
    const runs = observedRunStore(createRunStore(db), metrics, nameOf);
    await runs.closeOrphans(clock.now());
    const disk = createDiskWatch({ folder: path, settings, events });
    await disk.check();
    const webhook = createWebhook({ settings, http: () => httpClientFor(httpClients, {}), events, clock });
    const health = await createHealth({
      state,
      engine,
      clock,
      workspaceId: folder.workspaceId,
      events,
      webhook,
      retentionDays: async () => (await settings.get()).retentionDays,
      subjects: createHealthSubjects({
        db,
        connections,
        catalogue,
        runs,
        intervalMs: (id) => connectionService.intervalMs(id),
        waitingUntilMs: (id) => limiters.view(id)?.waitingUntilMs ?? undefined,
      }),
    });
    closers.push(() => health.close());
    registerGauges(metrics, {
      db,
      clock,
      engine,
      ingest,
      disk,
      alerts: health.alerts,
      healthRows: () => countHealthRows(db),
    });
    const watch = createFailureWatch({ connections, events, webhook });
    const onEnd: typeof watch = async (...end) => {
      await health.onRunEnd(...end);
      await watch(...end);
    };
    const parking = createWindowParking({ state, clock, events, webhook });
    const runner = createRunner({
      parking,
      connections,
      definitions: catalogue,
      runs,
      ingest,
      events,
      httpClients,
      limiters,
      clock,
      random,
      onEnd,
    });
    const scheduler = createScheduler({
      clock,
      random,
      run: runner.run,
      intervalMs: (id) => connectionService.intervalMs(id),
      mayCollect: () => !disk.state().collectionPaused,
      concurrency: 4,
    });
    closers.push(() => scheduler.close());
    const states = createConnectionStates({
      connections,
      runs,
      scheduler,
      clock,
      collectionPaused: () => disk.state().collectionPaused,
      alerts: health.alerts,
      rate: limiters.view,
      parkedWindows: parking.undecided,
    });
    const windows = await createParkedWindows({
      state,
      clock,
      connections,
      definitions: catalogue,
      ingest,
      events,
      httpClients,
      limiters,
      mayCollect: () => !disk.state().collectionPaused,
    });
    closers.push(() => windows.close());
    const queries = createQueryRunner({
      engine,
      kql,
      db,
      clock,
      supported: supportedKql(),
      version: kqlVersion,
      memoryBytes: Math.floor(engineMemory * 0.7),
    });
    const connectionService = createConnectionService({
      db,
      clock,
      connections,
      catalogue,
      secrets,
      states,
      runs,
      runner,
      scheduler,
      ingest,
      events,
      httpClients,
      limiters,
    });
    const localToken = `slc_local_${randomBytes(24).toString('base64url')}`;
    const firstPassword = await ensureFirstUser(db, clock);
    const version = readVersion();
    const plainServices: AppServices = {
      version,
      auth: createAuthService({ db, clock, localToken }),
      definitions: createDefinitionService({
        catalogue,
        connections,
        states,
        queries,
        clock,
        deliveries: announcer.count,
        install: createInstall({ catalogue, ingest }),
        drift: createSchemaDrift({ db, archive, catalogue }),
        createConnection: connectionService.createOrUpdate,
      }),
      connections: connectionService,
      windows,
      queries,
      operations: createOperations({
        version,
        clock,
        startedAtMs: clock.now(),
        dataFolder: path,
        engine,
        ingest,
        disk,
        settings,
        events,
        connections,
        states,
        alerts: health.alerts,
        renderMetrics: metrics.render,
        gaps: createTableGaps({ db, engine, connections, catalogue }),
        failedInserts: async () =>
          Number(
            (
              await db
                .selectFrom('outbox')
                .select((e) => e.fn.countAll().as('n'))
                .where('state', '=', 'failed')
                .executeTakeFirst()
            )?.n ?? 0,
          ),
      }),
    };

    const services = auditedServices(plainServices, health.audit);
    const api = createApiServer(services, {
      logger: log.logger,
      webRoot: join(projectRoot(), 'dist', 'web'),
      host: options.host,
      port: options.port,
      metricsNeedSignIn: process.env['SLUICE_METRICS_SIGN_IN'] === 'always',
      ...(options.allowedHosts ? { allowedHosts: options.allowedHosts } : {}),
    });
    closers.push(() => api.close());
    const url = await api.listen({ host: options.host, port: options.port });
    writeRuntimeFile(path, { url, token: localToken, pid: process.pid });
    closers.push(() => removeRuntimeFile(path));

    await ingest.start();
    for (const row of await connections.list())
      if (row.status === 'active') scheduler.add(row.id, goesOnAt(await runs.last(row.id)));
    const upkeep = createUpkeep({ clock, disk, events, ingest, pruneCompiled: queries.pruneCompiled });
    closers.push(() => upkeep.close());

    let finished: () => void = () => undefined;
    const done = new Promise<void>((resolveDone) => {
      finished = resolveDone;
    });
    return {
      url,
      services,
      done,
      ...(firstPassword ? { firstPassword } : {}),
      close: async () => {
        await stopAll();
        finished();
      },
    };
  }

  async function installBuiltins(catalogue: ReturnType<typeof createDefinitionCatalogue>): Promise<void> {
    for (const folder of builtinFolders(join(projectRoot(), 'connectors'))) {
      const definition = loadDefinition((await readDefinitionFolder(folder)).files);
      if ((await catalogue.change(definition)) !== 'unchanged') await catalogue.store(definition, 'builtin');
    }
  }
}

/** connectors/<vendor>/overlays.json */
function readOverlays(root: string): Overlay[] {
  const files = readdirSync(root)
    .map((vendor) => join(root, vendor, 'overlays.json'))
    .filter((file) => existsSync(file));
  return files.flatMap((file) => parseOverlays(readFileSync(file, 'utf8'), file));
}

/** connectors/<vendor>/<name>/ */
function builtinFolders(root: string): string[] {
  const folders = (path: string) =>
    readdirSync(path, { withFileTypes: true })
      .filter((e) => e.isDirectory())
      .map((e) => join(path, e.name));
  return folders(root).flatMap(folders);
}

function readVersion(): string {
  return (JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as { version: string })
    .version;
}
