import type { AppServices } from '../services.ts';
import { stubAuth } from './stub-auth.ts';
import { stubConnectionService } from './stub-connections.ts';
import { stubDefinitions } from './stub-data.ts';
import { stubDefinitionService } from './stub-definitions.ts';
import { type StubOperations, stubOperations } from './stub-operations.ts';
import { type StubQueries, stubQueries } from './stub-queries.ts';
import { stubWindowService } from './stub-windows.ts';

export interface StubServices extends AppServices {
  readonly queries: StubQueries;
  readonly operations: StubOperations;
}

/**
 * A complete, stateful Sluice in memory for tests and for developing the web pages.
 * @param now milliseconds since 1970; fix it for repeatable answers.
 */
export function createStubServices(now: () => number = Date.now, version = '0.1.0'): StubServices {
  const definitions = new Map(stubDefinitions(now()).map((d) => [d.id, d]));
  const operations = stubOperations(now, version);
  const connections = stubConnectionService({ now, definitions, emit: operations.emit });
  return {
    version,
    auth: stubAuth(now),
    definitions: stubDefinitionService({ definitions, connections: () => connections }),
    connections,
    windows: stubWindowService(now),
    queries: stubQueries(now),
    operations,
  };
}
