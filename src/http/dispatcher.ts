/** How connections are made: extra CAs, proxy, fixed addresses, address guard. Wraps undici. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { Agent, buildConnector, type Dispatcher, ProxyAgent } from 'undici';
import { toSluiceError } from '../core/errors.ts';
import { addressRefused, guardedLookup, isAddressAllowed } from './address-guard.ts';
import { httpErrors } from './errors.ts';

export interface ProxySettings {
  readonly http?: string;
  readonly https?: string;
  /** Comma separated hosts or domain suffixes, `*` for all. Loopback hosts never use the proxy. */
  readonly noProxy?: string;
}

export interface TransportOptions {
  /** PEM files added to the built-in CAs. */
  readonly caFiles?: readonly string[];
  readonly proxy?: ProxySettings;
  /** `host[:port]` → `address[:port]`; Host header and SNI stay. Such hosts are called directly, without proxy. */
  readonly resolve?: Readonly<Record<string, string>>;
  /** Loopback and private addresses; default true. Link-local and metadata addresses are always refused. */
  readonly allowPrivate?: boolean;
}

/** The conventional variables `http_proxy`, `https_proxy`, `no_proxy`, lower case first. */
export function proxyFromEnv(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const read = (name: string) => env[name.toLowerCase()] || env[name.toUpperCase()] || undefined;
  const [http, https, noProxy] = [read('http_proxy'), read('https_proxy'), read('no_proxy')];
  return { ...(http ? { http } : {}), ...(https ? { https } : {}), ...(noProxy ? { noProxy } : {}) };
}

interface Target {
  readonly hostname: string;
  readonly port: string | undefined;
}

function parseTarget(text: string): Target {
  const match = /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ?? /^([^:]+):(\d+)$/.exec(text);
  return match ? { hostname: match[1]!, port: match[2] } : { hostname: text, port: undefined };
}

const portOf = (protocol: string, port: string): string => port || (protocol === 'https:' ? '443' : '80');

function mapped(
  resolve: Readonly<Record<string, string>>,
  hostname: string,
  port: string,
): Target | undefined {
  const text = resolve[`${hostname}:${port}`] ?? resolve[hostname];
  return text === undefined ? undefined : parseTarget(text);
}

function readCa(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    createSecureContext({ ca: pem });
    return pem;
  } catch (error) {
    const fallback = { code: 'HTTP_CA_FILE', message: `CA file ${file}`, hint: httpErrors.HTTP_CA_FILE.hint };
    throw toSluiceError(error, fallback);
  }
}

function secureContext(caFiles: readonly string[]): SecureContext | undefined {
  if (caFiles.length === 0) return undefined;
  // Giving CAs replaces Node's defaults, those from the environment included.
  const fromEnv = process.env['NODE_EXTRA_CA_CERTS'];
  const files = fromEnv ? [...caFiles, fromEnv] : caFiles;
  return createSecureContext({ ca: [...rootCertificates, ...files.map(readCa)] });
}

function directAgent(options: TransportOptions, context: SecureContext | undefined): Agent {
  const allowPrivate = options.allowPrivate ?? true;
  const resolve = options.resolve ?? {};
  const connect = buildConnector({
    timeout: 30_000,
    lookup: guardedLookup(allowPrivate),
    ...(context ? { secureContext: context } : {}),
  });
  return new Agent({
    connect: (target, callback) => {
      const hostname = target.hostname.replace(/^\[|\]$/g, '');
      const fixed = mapped(resolve, hostname, portOf(target.protocol, target.port));
      const address = fixed?.hostname ?? hostname;
      if (!isAddressAllowed(address, allowPrivate)) return callback(addressRefused(address), null);
      connect(
        {
          ...target,
          hostname: address,
          port: fixed?.port ?? target.port,
          ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
        },
        callback,
      );
    },
  });
}

function skipsProxy(url: URL, noProxy: string | undefined): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\./.test(host))
    return true;
  return (noProxy ?? '').split(',').some((entry) => {
    const rule = entry
      .trim()
      .toLowerCase()
      .replace(/^\*?\./, '');
    return (
      rule === '*' ||
      (rule !== '' &&
        (host === rule || host.endsWith(`.${rule}`) || `${host}:${portOf(url.protocol, url.port)}` === rule))
    );
  });
}

export interface Transport {
  /** The dispatcher for a URL. With a proxy, names are resolved by the proxy and only literal addresses can be guarded here. */
  dispatcherFor(url: URL): Dispatcher;
  close(): Promise<void>;
}

export function createTransport(options: TransportOptions): Transport {
  const context = secureContext(options.caFiles ?? []);
  const direct = directAgent(options, context);
  const proxies = new Map<string, ProxyAgent>();
  const proxyAgent = (uri: string): ProxyAgent => {
    const known = proxies.get(uri);
    if (known) return known;
    const tls = context
      ? { requestTls: { secureContext: context }, proxyTls: { secureContext: context } }
      : {};
    const agent = new ProxyAgent({ uri, ...tls });
    proxies.set(uri, agent);
    return agent;
  };
  return {
    dispatcherFor(url) {
      const uri = url.protocol === 'https:' ? options.proxy?.https : options.proxy?.http;
      const host = url.hostname.replace(/^\[|\]$/g, '');
      const fixed = mapped(options.resolve ?? {}, host, portOf(url.protocol, url.port));
      if (uri === undefined || fixed || skipsProxy(url, options.proxy?.noProxy)) return direct;
      if (!isAddressAllowed(host, options.allowPrivate ?? true)) throw addressRefused(host);
      return proxyAgent(uri);
    },
    async close() {
      await Promise.all([direct.destroy(), ...[...proxies.values()].map((agent) => agent.destroy())]);
    },
  };
}
