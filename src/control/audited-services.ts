import type {
  AppServices,
  AuthService,
  ConnectionService,
  DefinitionService,
  OperationsService,
  WindowService,
} from '../api/services.ts';
import { currentActor } from '../core/actor.ts';
import { createRedactor } from '../core/redact.ts';
import type { AuditedChange, AuditTrail, ChangeResult } from '../health/audit.ts';
import type { Resource } from '../health/health-rows.ts';

const provider = 'Microsoft.SecurityInsights';
const operations = {
  writeConnection: `${provider}/dataConnectors/Write`,
  deleteConnection: `${provider}/dataConnectors/Delete`,
  writeDefinition: `${provider}/dataConnectorDefinitions/Write`,
  deleteDefinition: `${provider}/dataConnectorDefinitions/Delete`,
  writeSettings: 'Sluice/settings/Write',
  writeTable: 'Sluice/tables/Write',
  writeToken: 'Sluice/tokens/Write',
  deleteToken: 'Sluice/tokens/Delete',
  writeWindow: 'Sluice/parkedWindows/Write',
  writeUser: 'Sluice/users/Write',
} as const;

type Recorder = <T>(
  change: Omit<AuditedChange, 'actor'>,
  work: () => Promise<T>,
  result?: (value: T) => ChangeResult,
) => Promise<T>;

/** The services with a note of who changed what around every change. */
export function auditedServices(services: AppServices, audit: AuditTrail): AppServices {
  const record: Recorder = (change, work, result = () => ({})) =>
    audit.record({ ...change, actor: currentActor() }, work, result);
  return {
    ...services,
    auth: auditedAuth(services.auth, record),
    definitions: auditedDefinitions(services.definitions, record),
    connections: auditedConnections(services.connections, record),
    windows: auditedWindows(services.windows, record),
    operations: auditedOperations(services.operations, record),
  };
}

function auditedConnections(connections: ConnectionService, record: Recorder): ConnectionService {
  type View = Awaited<ReturnType<ConnectionService['get']>>;

  /** A change of a connection that may exist or not; the change itself says when it does not. */
  async function change<T>(
    idOrName: string,
    said: { operation: string; verb: string; after?: (value: T) => View },
    work: () => Promise<T>,
  ): Promise<T> {
    const before = await connections.get(idOrName).catch(() => undefined);
    const resource = before ? connectionOf(before) : { ...unknownConnection, id: idOrName, name: idOrName };
    return record(
      {
        operation: said.operation,
        resource,
        description: `Connection ${resource.name} was ${said.verb}`,
        ...(before ? { before: connectionState(before) } : {}),
      },
      work,
      (value) => {
        const after = said.after?.(value);
        return after ? { resource: connectionOf(after), after: connectionState(after) } : {};
      },
    );
  }

  const operation = operations.writeConnection;
  const after = (value: View) => value;
  return {
    ...connections,
    create: (input) =>
      record(
        {
          operation,
          resource: { ...unknownConnection, id: input.name, name: input.name },
          description: `Connection ${input.name} was made from ${input.definitionId}`,
        },
        () => connections.create(input),
        (value) => ({ resource: connectionOf(value), after: connectionState(value) }),
      ),
    update: (id, patch) =>
      change(id, { operation, verb: 'changed', after }, () => connections.update(id, patch)),
    pause: (id) => change(id, { operation, verb: 'paused', after }, () => connections.pause(id)),
    resume: (id) => change(id, { operation, verb: 'resumed', after }, () => connections.resume(id)),
    remove: (id) =>
      change(id, { operation: operations.deleteConnection, verb: 'removed' }, () => connections.remove(id)),
  };
}

/** What a person decides about a window that was passed: a skip gives data up. */
function auditedWindows(windows: WindowService, record: Recorder): WindowService {
  const change = (id: string, verb: string) => ({
    operation: operations.writeWindow,
    resource: { id, name: id, type: 'Parked window', kind: '' },
    description: `Parked window ${id} was ${verb}`,
  });
  return {
    ...windows,
    retry: (id, who) => record(change(id, 'read again'), () => windows.retry(id, who)),
    split: (id, who) => record(change(id, 'split'), () => windows.split(id, who)),
    skip: (id, who, note) =>
      record(
        change(id, 'skipped'),
        () => windows.skip(id, who, note),
        () => ({ after: { note } }),
      ),
  };
}

function auditedDefinitions(definitions: DefinitionService, record: Recorder): DefinitionService {
  const operation = operations.writeDefinition;
  const unknown: Resource = { id: '', name: '', type: 'Data connector definition', kind: '' };
  const resourceOf = (d: { id: string; title: string }): Resource => ({
    ...unknown,
    id: d.id,
    name: d.title,
  });
  return {
    ...definitions,
    import: (files, dryRun) =>
      dryRun
        ? definitions.import(files, dryRun)
        : record(
            {
              operation,
              resource: unknown,
              description: `A definition of ${files.length} file(s) was installed`,
            },
            () => definitions.import(files, dryRun),
            (value) => ({
              resource: resourceOf(value),
              after: { Change: value.change, Tables: value.tables },
            }),
          ),
    deploy: (input) =>
      input.whatIf
        ? definitions.deploy(input)
        : record(
            { operation, resource: unknown, description: 'A definition was deployed' },
            () => definitions.deploy(input),
            (value) => ({
              resource: resourceOf(value.definition),
              after: {
                Change: value.definition.change,
                Tables: value.definition.tables,
                ...(value.connection
                  ? { Connection: value.connection.name, ConnectionChange: value.connection.change }
                  : {}),
              },
            }),
          ),
    remove: (id) =>
      record(
        {
          operation: operations.deleteDefinition,
          resource: { ...unknown, id, name: id },
          description: `Definition ${id} was removed`,
        },
        () => definitions.remove(id),
      ),
  };
}

function auditedOperations(service: OperationsService, record: Recorder): OperationsService {
  return {
    ...service,
    async updateSettings(patch) {
      return record(
        {
          operation: operations.writeSettings,
          resource: { id: 'settings', name: 'settings', type: 'Setting', kind: '' },
          description: `Settings were changed: ${Object.keys(patch).join(', ')}`,
          before: settingsState(await service.settings()),
        },
        () => service.updateSettings(patch),
        (value) => ({ after: settingsState(value) }),
      );
    },
    setRetention: (table, days) =>
      record(
        {
          operation: operations.writeTable,
          resource: { id: table, name: table, type: 'Table', kind: '' },
          description: `Retention of ${table} was set to ${days} days`,
        },
        () => service.setRetention(table, days),
        (value) => ({ after: { retentionDays: value.retentionDays } }),
      ),
    rebuild: () =>
      record(
        {
          operation: operations.writeTable,
          resource: { id: 'tables', name: 'tables', type: 'Table', kind: '' },
          description: 'Tables were rebuilt from the archive',
        },
        () => service.rebuild(),
        ({ segments, rows }) => ({ after: { segments, rows } }),
      ),
  };
}

function auditedAuth(auth: AuthService, record: Recorder): AuthService {
  const tokenOf = (id: string, name: string): Resource => ({ id, name, type: 'API token', kind: '' });
  return {
    ...auth,
    createToken: (input) =>
      record(
        {
          operation: operations.writeToken,
          resource: tokenOf('', input.name),
          description: `API token ${input.name} was made`,
        },
        () => auth.createToken(input),
        ({ id, name, role, expiresAt }) => ({
          resource: tokenOf(id, name),
          after: { name, role, expiresAt },
        }),
      ),
    async revokeToken(id) {
      const known = (await auth.listTokens()).find((token) => token.id === id);
      return record(
        {
          operation: operations.deleteToken,
          resource: tokenOf(id, known?.name ?? id),
          description: `API token ${known?.name ?? id} was revoked`,
          ...(known ? { before: { name: known.name, role: known.role } } : {}),
        },
        () => auth.revokeToken(id),
      );
    },
    resetPassword: (name) =>
      record(
        {
          operation: operations.writeUser,
          resource: { id: name, name, type: 'User', kind: '' },
          description: `The password of ${name} was reset`,
        },
        () => auth.resetPassword(name),
      ),
  };
}

type ConnectionView = Awaited<ReturnType<ConnectionService['get']>>;

const unknownConnection: Resource = { id: '', name: '', type: 'Data connector', kind: '' };
const urls = createRedactor([]);

function connectionOf(view: ConnectionView): Resource {
  const [resource] = view.resources as { kind?: string }[];
  return { ...unknownConnection, id: view.id, name: view.name, kind: resource?.kind ?? '' };
}

/** Of a secret only whether and when it was set: the table is for everybody who may query. */
function connectionState(view: ConnectionView): Record<string, unknown> {
  const parameters = Object.entries(view.parameters).map(([name, value]) => [
    name,
    typeof value === 'object' && !Array.isArray(value)
      ? { set: value.set, updatedAt: value.updatedAt }
      : value,
  ]);
  const { proxy, ...options } = view.options;
  return {
    name: view.name,
    definitionId: view.definitionId,
    paused: view.state === 'paused',
    parameters: Object.fromEntries(parameters) as Record<string, unknown>,
    options: { ...options, ...(proxy === undefined ? {} : { proxy: urls.redactUrl(proxy) }) },
  };
}

/** The address of a webhook is a secret by itself; its host is not. */
function settingsState(
  settings: Awaited<ReturnType<OperationsService['settings']>>,
): Record<string, unknown> {
  const { webhookUrl, ...rest } = settings;
  return { ...rest, webhookHost: webhookUrl === null ? null : hostOf(webhookUrl) };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
