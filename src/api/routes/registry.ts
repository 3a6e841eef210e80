import type { Routes } from '../context.ts';
import { connectionRoutes } from './connections.ts';
import { definitionRoutes } from './definitions.ts';
import { deployRoutes } from './deploy.ts';
import { eventRoutes } from './events.ts';
import { healthRoutes } from './health.ts';
import { metricsRoutes } from './metrics.ts';
import { queryRoutes } from './query.ts';
import { runRoutes } from './runs.ts';
import { schemaRoutes } from './schema.ts';
import { sessionRoutes } from './session.ts';
import { settingsRoutes } from './settings.ts';
import { tableRoutes } from './tables.ts';
import { tokenRoutes } from './tokens.ts';
import { userRoutes } from './users.ts';
import { windowRoutes } from './windows.ts';

/** Every resource of the API, in the order of the documentation. */
export const routes = [
  sessionRoutes,
  tokenRoutes,
  userRoutes,
  definitionRoutes,
  deployRoutes,
  connectionRoutes,
  windowRoutes,
  runRoutes,
  queryRoutes,
  schemaRoutes,
  tableRoutes,
  eventRoutes,
  healthRoutes,
  metricsRoutes,
  settingsRoutes,
] as const satisfies readonly Routes[];
