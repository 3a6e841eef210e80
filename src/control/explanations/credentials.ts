/** 401 and 403. */
import { defineCause, type Evidence } from './api.ts';
import { places } from './places.ts';
import { planWords, saying, saysAny } from './words.ts';

const challenge = ({ headers }: Evidence): string => headers['www-authenticate'] ?? '';

/** Schemes that the service asks for, lower case. */
function askedSchemes(evidence: Evidence): string[] {
  const known = /(?:^|,\s*)(basic|bearer|digest|negotiate|ntlm|apikey|hmac|oauth|token)\b/gi;
  return [...challenge(evidence).matchAll(known)].map((m) => m[1]!.toLowerCase());
}

/** The scheme that the definition sends in the Authorization header, as far as that can be told. */
function sentScheme({ setting }: Evidence): string | undefined {
  const type = setting('properties', 'auth', 'type')?.toLowerCase();
  if (type === 'basic') return 'basic';
  if (type !== 'apikey') return undefined;
  const name = setting('properties', 'auth', 'apiKeyName')?.toLowerCase() ?? 'authorization';
  if (name !== 'authorization') return undefined;
  return setting('properties', 'auth', 'apiKeyIdentifier')?.trim().toLowerCase() ?? 'token';
}

function schemeDiffers(evidence: Evidence): boolean {
  const asked = askedSchemes(evidence);
  const sent = sentScheme(evidence);
  return asked.length > 0 && sent !== undefined && !asked.includes(sent);
}

const challenged = (evidence: Evidence): string =>
  challenge(evidence) === '' ? '' : ` and asks for “${challenge(evidence).slice(0, 100)}”`;

export const addressNotAllowed = defineCause({
  name: 'address-not-allowed',
  when: (e) =>
    e.status === 403 && saysAny(e, /\bIP(?:v[46])? address|allow-?list|white-?list|not allowed from/i),
  place: null,
  cause: (e) => `The service does not accept calls from this network address${saying(e)}.`,
  fix: 'Have the address from which Sluice calls added to the allow list of the service; definition and credential are not the reason.',
  confidence: 'high',
});

export const planMissing = defineCause({
  name: 'plan-missing',
  when: (e) => (e.status === 403 || e.status === 402) && saysAny(e, planWords),
  place: places.endpoint,
  cause: (e) => `The plan of the account does not include this API${saying(e)}.`,
  fix: 'Use an account whose plan includes the API, or have it enabled by the vendor; another credential of the same account does not help.',
  confidence: 'high',
});

export const permissionMissing = defineCause({
  name: 'permission-missing',
  when: (e) => e.status === 403,
  place: places.auth,
  cause: (e) =>
    `The service knows the credential, but its user or token lacks the permission to read this${saying(e)}.`,
  fix: 'Give the user or token the permission (scope, role) that the connector names under its prerequisites, or use one that has it.',
  confidence: (e) =>
    saysAny(
      e,
      /permission|scope|role\b|privileg|admin|not authori[sz]ed|insufficient|forbidden|access denied/i,
    )
      ? 'high'
      : 'medium',
});

export const schemeMismatch = defineCause({
  name: 'scheme-mismatch',
  when: (e) => e.status === 401 && schemeDiffers(e),
  place: places.auth,
  cause: (e) =>
    `The definition sends the credential as ${sentScheme(e)}, but the service asks for ${askedSchemes(e).join(' or ')} (WWW-Authenticate).`,
  fix: 'Correct type, or apiKeyIdentifier, in the auth section, or use the kind of credential that the service asks for.',
  confidence: 'medium',
});

export const credentialExpired = defineCause({
  name: 'credential-expired',
  when: (e) =>
    e.status === 401 && saysAny({ ...e, said: `${e.said} ${challenge(e)}` }, /expired|revoked|deactivated/i),
  place: places.auth,
  cause: (e) => `The credential has expired or was revoked${saying(e)}.`,
  fix: 'Make a new token or password at the service and set it in the connection.',
  confidence: 'high',
});

export const wrongCredential = defineCause({
  name: 'wrong-credential',
  place: places.auth,
  cause: (e) =>
    `The service does not accept the credential (status ${e.status ?? 401})${challenged(e)}: it is wrong, incomplete, or made for another host or kind of access${saying(e)}.`,
  fix: 'Set user name and token of the connection anew; check that the token belongs to this host and to this kind of API.',
  confidence: (e) => (e.status === 401 ? 'high' : 'medium'),
});
