/** No answer: name, connection, TLS, time. */
import { defineCause, type Evidence } from './api.ts';
import { places } from './places.ts';
import { hostOf } from './words.ts';

const has = (pattern: RegExp) => (e: Evidence) => pattern.test(e.message);
const systemCode = (e: Evidence): string => e.message.match(/\bE[A-Z_]{4,}\b/)?.[0] ?? 'no code';

export const nameUnknown = defineCause({
  name: 'name-unknown',
  when: has(/ENOTFOUND|EAI_|ENODATA|getaddrinfo/),
  place: places.endpoint,
  cause: (e) =>
    `The host name ${hostOf(e.url)} does not resolve (DNS, ${e.message.match(/ENOTFOUND|EAI_[A-Z]+|ENODATA/)?.[0] ?? 'no address'}): it is misspelled, or the name server does not know it.`,
  fix: 'Check the host in the endpoint and in the values of the connection; if it is right, check the name server of the machine, or give the address with the option resolve.',
  confidence: (e) => (e.message.includes('EAI_AGAIN') ? 'medium' : 'high'),
});

export const connectionRefused = defineCause({
  name: 'connection-refused',
  when: has(/ECONNREFUSED/),
  place: places.endpoint,
  cause: (e) =>
    `Nothing accepts connections at ${hostOf(e.url)} (connection refused): host or port is wrong, or the service is down.`,
  fix: 'Check host and port of the endpoint, and whether a firewall or proxy stands in between.',
  confidence: 'high',
});

export const connectionBroken = defineCause({
  name: 'connection-broken',
  when: has(/ECONNRESET|EPIPE|UND_ERR_SOCKET|other side closed|socket hang up/i),
  place: null,
  cause: (e) => `${hostOf(e.url)}, or something before it, closed the connection without an answer.`,
  fix: 'It often passes, and the next run goes on; if it stays, check firewall, proxy and that scheme and port of the endpoint fit together.',
  confidence: 'medium',
});

export const noRoute = defineCause({
  name: 'no-route',
  place: places.endpoint,
  cause: (e) => `There is no way from this machine to ${hostOf(e.url)} (${systemCode(e)}).`,
  fix: 'Check network, firewall and proxy of the machine (HTTPS_PROXY, or the option proxy), then the host of the endpoint.',
  confidence: 'medium',
});

export const certificateExpired = defineCause({
  name: 'certificate-expired',
  when: has(/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|certificate has expired/i),
  place: places.endpoint,
  cause: (e) =>
    `The certificate of ${hostOf(e.url)} is out of its time, or the clock of this machine is wrong.`,
  fix: 'Check the clock of the machine; else the service has to renew its certificate.',
  confidence: 'high',
});

export const certificateHost = defineCause({
  name: 'certificate-host',
  when: has(/ALTNAME|HOSTNAME_MISMATCH|does not match certificate/i),
  place: places.endpoint,
  cause: (e) => `The certificate is made for another host than ${hostOf(e.url)}.`,
  fix: 'Correct the host of the endpoint (or the option resolve) to the name that the certificate carries.',
  confidence: 'high',
});

export const certificateUnknown = defineCause({
  name: 'certificate-unknown',
  when: has(/SELF_SIGNED|UNABLE_TO_|self-signed|unable to (?:verify|get)|unknown ca|INVALID_CA/i),
  place: places.endpoint,
  cause: (e) =>
    `The certificate of ${hostOf(e.url)} is issued by an authority (CA) that Sluice does not know: a private CA, or a proxy that opens TLS.`,
  fix: 'Give the PEM file of that authority with the option caFile of the connection, after making sure that it is the right one.',
  confidence: 'high',
});

export const notTls = defineCause({
  name: 'not-tls',
  when: has(/EPROTO|wrong version number|ERR_SSL_(?:WRONG_VERSION|PACKET_LENGTH)/i),
  place: places.endpoint,
  cause: (e) => `${hostOf(e.url)} does not speak TLS as expected: most often the port serves plain http.`,
  fix: 'Correct scheme or port of the endpoint.',
  confidence: 'medium',
});

export const tlsFailed = defineCause({
  name: 'tls-failed',
  place: places.endpoint,
  cause: (e) => `The secure connection to ${hostOf(e.url)} could not be made.`,
  fix: 'Check host and port of the endpoint, and what stands between (proxy, firewall) that touches TLS.',
  confidence: 'low',
});

export const tooSlow = defineCause({
  name: 'too-slow',
  place: places.timeout,
  cause: (e) =>
    e.status === null
      ? `${hostOf(e.url)} did not begin to answer within the time that the definition allows.`
      : `${hostOf(e.url)} began to answer (${e.status}), but the answer was not complete within the time that the definition allows.`,
  fix: 'Raise timeoutInSeconds (up to 180), or ask for less at once with a smaller pageSize or queryWindowInMin; if nothing ever answers, check firewall and proxy.',
  confidence: 'high',
});

export const caFile = defineCause({
  name: 'ca-file',
  place: null,
  cause: 'The file of the option caFile cannot be read, or is not a PEM certificate.',
  fix: 'Give the path of a PEM file that the server process may read.',
  confidence: 'high',
});
