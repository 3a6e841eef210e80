import { SluiceError } from '../../core/errors.ts';
import type { ConnectionService, DefinitionService } from '../services.ts';
import { type DefinitionDetail, iso, stubLogos } from './stub-data.ts';

interface Options {
  readonly definitions: Map<string, DefinitionDetail>;
  readonly connections: () => ConnectionService;
}

const byteOrder = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export function findDefinition(definitions: Map<string, DefinitionDetail>, id: string): DefinitionDetail {
  const found = definitions.get(id);
  if (!found)
    throw new SluiceError({
      code: 'DEFINITION_NOT_FOUND',
      message: `There is no definition ${id}`,
      hint: 'List them with `sluice connector list`.',
    });
  return found;
}

/** Definitions in memory; a file named `broken.json` makes an import fail with diagnostics. */
export function stubDefinitionService({ definitions, connections }: Options): DefinitionService {
  const service: DefinitionService = {
    async list() {
      return [...definitions.values()]
        .sort((a, b) => byteOrder(a.title, b.title))
        .map((d) => ({ ...d, diagnostics: { errors: 0, warnings: d.diagnostics.length } }));
    },
    get: async (id) => findDefinition(definitions, id),
    logo: async (id) => stubLogos[findDefinition(definitions, id).id],
    async import(files, dryRun) {
      const broken = files.some((f) => f.file.endsWith('broken.json'));
      const base = definitions.values().next().value;
      if (!base)
        throw new SluiceError({ code: 'DEFINITION_NOT_FOUND', message: 'the stub has no definitions' });
      const id = 'ImportedDefinition';
      const change = definitions.has(id) ? ('updated' as const) : ('created' as const);
      if (!dryRun && !broken)
        definitions.set(id, {
          ...base,
          id,
          title: 'Imported connector',
          origin: 'deployed',
          connections: 0,
          status: 'not-connected',
          files,
        });
      return {
        id,
        title: 'Imported connector',
        change,
        tables: base.tables,
        inputs: base.inputs,
        diagnostics: broken
          ? [
              {
                code: 'PAGING_TYPE_UNKNOWN',
                severity: 'error',
                message: 'The paging type "Sideways" is not known.',
                hint: 'Use one of None, Offset, NextPageToken, PersistentToken.',
                place: { file: 'broken.json', path: '$.properties.paging.pagingType' },
              },
            ]
          : [],
      };
    },
    async remove(id) {
      const found = findDefinition(definitions, id);
      if (found.connections > 0)
        throw new SluiceError({
          code: 'DEFINITION_IN_USE',
          message: `${found.title} still has ${found.connections} connection(s)`,
          hint: 'Remove its connections first.',
        });
      definitions.delete(id);
    },
    async graph(id, from, to, binMinutes) {
      const definition = findDefinition(definitions, id);
      const step = binMinutes * 60_000;
      const length = Math.min(1000, Math.ceil((to.getTime() - from.getTime()) / step));
      const points = Array.from({ length }, (_, i) => ({
        at: iso(from.getTime() + i * step),
        value: (i * 41) % 97,
      }));
      const series = definition.graphQueries.map((q) => ({
        metricName: q.metricName,
        legend: q.legend,
        points,
      }));
      return { from: from.toISOString(), to: to.toISOString(), binMinutes, series };
    },
    drift: async (id) => ({ id, streams: [] }),
    async status(id) {
      const d = findDefinition(definitions, id);
      return {
        status: d.status,
        dataTypes: d.dataTypes.map((t) => ({ name: t.name, lastDataAt: d.lastDataAt })),
        connections: d.connections,
      };
    },
    async deploy(input) {
      const definition = await service.import(input.files, input.whatIf);
      const resources = [
        { kind: 'definition' as const, name: definition.id, change: definition.change },
        ...definition.tables.map((name) => ({ kind: 'table' as const, name, change: 'unchanged' as const })),
      ];
      const given = Object.keys(input.parameters).length > 0;
      if (!given || definition.diagnostics.length > 0) return { definition, connection: null, resources };
      const name = input.connectionName ?? 'imported';
      if (input.whatIf)
        return {
          definition,
          connection: { id: '', name, change: 'created' },
          resources: [...resources, { kind: 'connection', name, change: 'created' }],
        };
      const made = await connections().create({
        definitionId: definition.id,
        name,
        parameters: input.parameters,
        options: input.options,
        start: input.start,
      });
      return {
        definition,
        connection: { id: made.id, name, change: 'created' },
        resources: [...resources, { kind: 'connection', name, change: 'created' }],
      };
    },
  };
  return service;
}
