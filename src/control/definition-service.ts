import type { DefinitionService } from '../api/services.ts';
import type { Clock } from '../core/clock.ts';
import { SluiceError } from '../core/errors.ts';
import { loadDefinition } from '../definition/load.ts';
import type { Definition } from '../definition/model.ts';
import type { ConnectionStates } from './connection-states.ts';
import type { ConnectionStore } from './connections.ts';
import { createDefinitionQueries, type DefinitionQueries } from './definition-queries.ts';
import type { DefinitionCatalogue } from './definitions.ts';
import { createDeploy } from './deploy.ts';
import type { InstallDefinition } from './install.ts';
import type { QueryRunner } from './queries.ts';

interface Options {
  readonly catalogue: DefinitionCatalogue;
  readonly connections: ConnectionStore;
  readonly states: ConnectionStates;
  readonly queries: QueryRunner;
  readonly clock: Clock;
  readonly deliveries: () => number;
  readonly install: InstallDefinition;
  readonly drift: DefinitionService['drift'];
  readonly createConnection: Parameters<typeof createDeploy>[0]['createConnection'];
}

const sparklineDays = 14;

export function tableNames(definition: Definition): string[] {
  return [...new Set(definition.dataFlows.map((f) => f.table))];
}

export function createDefinitionService(options: Options): DefinitionService {
  const { catalogue } = options;
  const questions: DefinitionQueries = createDefinitionQueries(options);

  async function summaryOf(definition: Definition, origin: 'builtin' | 'deployed') {
    const { status, connections } = await options.states.ofDefinition(definition.id);
    // Without a connection there is no table yet to ask.
    const [lastDataAt, sparkline] =
      connections === 0
        ? [null, null]
        : await Promise.all([questions.lastData(definition), questions.daily(definition, sparklineDays)]);
    return {
      id: definition.id,
      title: definition.ui.title,
      publisher: definition.ui.publisher,
      isPreview: definition.ui.isPreview,
      origin,
      hasLogo: logoSvg(definition) !== undefined,
      tables: tableNames(definition),
      status,
      connections,
      lastDataAt,
      sparkline,
      diagnostics: {
        errors: definition.diagnostics.filter((d) => d.severity === 'error').length,
        warnings: definition.diagnostics.filter((d) => d.severity === 'warning').length,
      },
    };
  }

  return {
    async list() {
      return Promise.all(
        (await catalogue.list()).map(({ definition, origin }) => summaryOf(definition, origin)),
      );
    },
    async get(id) {
      const entry = (await catalogue.list()).find((e) => e.definition.id === id);
      const definition = entry?.definition ?? (await catalogue.get(id));
      const { ui } = definition;
      return {
        ...(await summaryOf(definition, entry?.origin ?? 'deployed')),
        descriptionMarkdown: ui.descriptionMarkdown,
        instructionSteps: [...ui.instructionSteps],
        inputs: structuredClone(definition.inputs) as never,
        permissions: structuredClone(ui.permissions) as never,
        sampleQueries: [...ui.sampleQueries],
        graphQueries: [...ui.graphQueries],
        dataTypes: [...ui.dataTypes],
        files: [...definition.files],
        diagnostics: [...definition.diagnostics],
      };
    },
    async logo(id) {
      return logoSvg(await catalogue.get(id));
    },
    import: (files, dryRun) => options.install(loadDefinition(files), { dryRun, origin: 'deployed' }),
    async remove(id) {
      const definition = await catalogue.get(id);
      const used = (await options.connections.list()).filter((c) => c.definition_id === id);
      if (used.length > 0) {
        throw new SluiceError({
          code: 'DEFINITION_IN_USE',
          message: `${definition.ui.title} has ${used.length} connection(s): ${used.map((c) => c.name).join(', ')}`,
          hint: 'Remove the connections first; their data stays.',
        });
      }
      await catalogue.remove(id);
    },
    async graph(id, from, to, binMinutes) {
      return questions.graph(await catalogue.get(id), from, to, binMinutes);
    },
    async status(id) {
      const definition = await catalogue.get(id);
      const { status, connections } = await options.states.ofDefinition(id);
      return {
        status,
        connections,
        dataTypes: connections === 0 ? [] : await questions.dataTypes(definition),
      };
    },
    drift: options.drift,
    deploy: createDeploy(options),
  };
}

/** Only inline SVG is served; a bare file name in a published definition has no file with it. */
function logoSvg(definition: Definition): string | undefined {
  const logo = definition.ui.logo?.trim();
  return logo?.startsWith('<svg') &&
    !/<script|<foreignObject|\bon\w+\s*=|(?:href|src)\s*=\s*["'](?!#)/i.test(logo)
    ? logo
    : undefined;
}
