import { createHazards } from './hazards.ts';
import { createListener, listen } from './server.ts';
import type { SettingsPatch } from './settings.ts';
import type { SimulatorControl } from './simulation.ts';
import { createSimulation } from './simulation.ts';
import { serverCertificate } from './tls.ts';
import { createPrng } from './world/random.ts';

export { contentKey } from './keys.ts';
export type { ApiName, LedgerEntry } from './ledger.ts';
export type { LoggedRequest } from './requests.ts';
export type { Fault, Settings, SettingsPatch } from './settings.ts';
export { SettingsError } from './settings.ts';
export type { ApiStats, SimulatorControl, SimulatorStats } from './simulation.ts';

export interface AtlassianSimulatorOptions {
  /** Folder for the certificate authority and the server's key. */
  readonly folder: string;
  /** Same seed, same start time: same content. Default `acme`. */
  readonly seed?: string;
  /** Injected time; the simulator then has no timer of its own. Default: the system's. */
  readonly clock?: { now(): number };
  readonly host?: string;
  /** HTTP port, 0 = any. */
  readonly port?: number;
  /** HTTPS port, 0 = any. */
  readonly httpsPort?: number;
  /** False leaves HTTPS and the certificates out. */
  readonly https?: boolean;
  /** What the logs hold at the start; default 30 days and 20,000 records for each API. */
  readonly history?: { readonly days?: number; readonly records?: number };
  readonly settings?: SettingsPatch;
  /** Asked for in `x-control-token` by `/_control` when set. */
  readonly controlToken?: string;
}

export interface AtlassianCredentials {
  readonly email: string;
  /** Unscoped: Basic on the site host. */
  readonly apiToken: string;
  /** Scoped: Basic or Bearer on the gateway. */
  readonly scopedToken: string;
  /** OAuth access token: Bearer on the gateway. */
  readonly oauthToken: string;
  readonly orgApiKey: string;
  readonly orgId: string;
  readonly cloudId: string;
  readonly siteHost: string;
}

export interface AtlassianSimulator {
  /** `http://127.0.0.1:port`, serves all hosts and paths. */
  readonly baseUrl: string;
  /** `https://127.0.0.1:port`; absent when HTTPS is off. */
  readonly httpsUrl: string | undefined;
  /** PEM file of the authority that signed the server's certificate; absent when HTTPS is off. */
  readonly caFile: string | undefined;
  readonly credentials: AtlassianCredentials;
  readonly control: SimulatorControl;
  close(): Promise<void>;
}

/**
 * Starts the three simulated APIs on one HTTP and one HTTPS port, told apart by the Host header
 * (`acme-demo.atlassian.net`, `api.atlassian.com`); any other host name serves all paths.
 * @throws SettingsError for an unknown knob
 */
export async function startAtlassianSimulator(
  options: AtlassianSimulatorOptions,
): Promise<AtlassianSimulator> {
  const seed = options.seed ?? 'acme';
  const host = options.host ?? '127.0.0.1';
  const clock = options.clock ?? { now: () => Date.now() };
  const simulation = createSimulation({
    seed,
    now: () => clock.now(),
    history: { days: options.history?.days ?? 30, records: options.history?.records ?? 20_000 },
    settings: options.settings ?? {},
  });
  const listenerOptions = {
    simulation,
    hazards: createHazards(createPrng(`${seed}/faults`)),
    controlToken: options.controlToken,
  };
  const plain = await listen(createListener('http', listenerOptions), { host, port: options.port ?? 0 });
  const certificate =
    options.https === false ? undefined : await serverCertificate(options.folder, Date.now());
  const secure = certificate
    ? await listen(createListener('https', listenerOptions), {
        host,
        port: options.httpsPort ?? 0,
        certificate,
      })
    : undefined;
  // Publishes a little at a time, so that an idle simulator does not catch up all at once.
  const timer = options.clock ? undefined : setInterval(() => simulation.control.now(), 1000).unref();
  const { world } = simulation.service;
  const { email, apiToken, scopedToken, oauthToken, orgApiKey } = simulation.control.settings().auth;
  return {
    baseUrl: `http://${host}:${plain.port}`,
    httpsUrl: secure ? `https://${host}:${secure.port}` : undefined,
    caFile: certificate?.caFile,
    credentials: {
      email,
      apiToken,
      scopedToken,
      oauthToken,
      orgApiKey,
      orgId: world.orgId,
      cloudId: world.cloudId,
      siteHost: world.siteHost,
    },
    control: simulation.control,
    close: async () => {
      clearInterval(timer);
      await Promise.all([plain.close(), secure?.close()]);
    },
  };
}
