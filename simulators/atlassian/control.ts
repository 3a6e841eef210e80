import type { Reply, SimRequest } from './http.ts';
import { jsonReply } from './http.ts';
import type { LedgerEntry } from './ledger.ts';
import { SettingsError } from './settings.ts';
import type { SimulatorControl } from './simulation.ts';
import { isApiName } from './simulation.ts';

/** An ordinary answer, or a stream of lines of JSON. */
type ControlReply = Reply | { readonly lines: Iterable<LedgerEntry> };

type Route = (control: SimulatorControl, request: SimRequest) => ControlReply;

const done = (control: SimulatorControl): Reply => jsonReply(200, control.stats());
const refused = (message: string): Reply => jsonReply(400, { error: message });

function bodyOf(request: SimRequest): Readonly<Record<string, unknown>> {
  const value: unknown = request.body === '' ? {} : JSON.parse(request.body);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError('The body must be a JSON object.');
  return value as Readonly<Record<string, unknown>>;
}

function ledger(control: SimulatorControl, request: SimRequest): ControlReply {
  const api = request.query.get('api') ?? '';
  if (!isApiName(api)) return refused('api must be jira, confluence or org.');
  const bound = (name: string) => {
    const text = request.query.get(name);
    return text === null || text === '' ? {} : { [name]: Number(text) };
  };
  return { lines: control.ledger(api, { ...bound('from'), ...bound('to') }) };
}

function publish(control: SimulatorControl, request: SimRequest): ControlReply {
  const { api, records } = bodyOf(request);
  if (typeof api !== 'string' || !isApiName(api) || !Array.isArray(records))
    return refused('api and records are required.');
  return jsonReply(200, { published: control.publish(api, records as Readonly<Record<string, unknown>>[]) });
}

function advance(control: SimulatorControl, request: SimRequest): ControlReply {
  const { ms } = bodyOf(request);
  if (typeof ms !== 'number' || ms < 0) return refused('ms must be a number that is not negative.');
  control.advance(ms);
  return done(control);
}

function rename(control: SimulatorControl, request: SimRequest): ControlReply {
  const { accountId, displayName } = bodyOf(request);
  if (typeof accountId !== 'string' || typeof displayName !== 'string')
    return refused('accountId and displayName are required.');
  control.rename(accountId, displayName);
  return done(control);
}

const routes: Readonly<Record<string, Route>> = {
  'GET stats': done,
  'POST freeze': (control) => {
    control.freeze();
    return done(control);
  },
  'POST unfreeze': (control) => {
    control.unfreeze();
    return done(control);
  },
  'GET settings': (control) => jsonReply(200, control.settings()),
  'PATCH settings': (control, request) => jsonReply(200, control.patch(bodyOf(request))),
  'GET ledger': ledger,
  'POST publish': publish,
  'POST advance': advance,
  'POST rename': rename,
  'GET requests': (control) => jsonReply(200, control.requests()),
  'DELETE requests': (control) => {
    control.clearRequests();
    return done(control);
  },
};

/** The control endpoint below `/_control`, for this machine only; a token is asked for when one is set. */
export function controlReply(
  control: SimulatorControl,
  request: SimRequest,
  access: { loopback: boolean; token: string | undefined },
): ControlReply {
  if (!access.loopback) return jsonReply(403, { error: 'The control endpoint answers this machine only.' });
  if (access.token !== undefined && request.headers['x-control-token'] !== access.token) {
    return jsonReply(401, { error: 'The header x-control-token is missing or wrong.' });
  }
  const name = request.path.replace(/^\/_control\//, '');
  const handler = routes[`${request.method} ${name}`];
  if (!handler)
    return jsonReply(404, { error: `No control ${request.method} ${name}.`, known: Object.keys(routes) });
  try {
    return handler(control, request);
  } catch (error) {
    if (error instanceof SettingsError) return jsonReply(400, { error: error.message, issues: error.issues });
    if (error instanceof TypeError || error instanceof SyntaxError) return refused(error.message);
    throw error;
  }
}
