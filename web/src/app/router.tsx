/** Routes. Screens are chunks of their own; search parameters are plain text (see lib/search-params.ts). */
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { preloadMarkdown } from '../components/markdown.tsx';
import { SignInPage } from '../features/sign-in/sign-in-page.tsx';
import { parseSearch, type SearchRecord, stringifySearch } from '../lib/search-params.ts';
import { loadSession } from '../lib/session.ts';
import { StartFailure } from './errors.tsx';
import { Frame } from './frame.tsx';
import { NotFound } from './not-found.tsx';

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: StartFailure,
});

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: SearchRecord): { next?: string } => (search.next ? { next: search.next } : {}),
  component: SignInPage,
});

/** Everything behind sign-in. */
const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  beforeLoad: async ({ location }) => {
    const { phase } = await loadSession();
    if (phase === 'out')
      throw redirect({
        to: '/login',
        search: location.href === '/' ? {} : { next: location.href },
        replace: true,
      });
  },
  component: Frame,
  errorComponent: StartFailure,
});

const pick = <K extends string>(search: SearchRecord, keys: readonly K[]): { [P in K]?: string } =>
  Object.fromEntries(keys.flatMap((key) => (search[key] ? [[key, search[key]]] : []))) as {
    [P in K]?: string;
  };

const home = createRoute({
  getParentRoute: () => frame,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/connectors', replace: true });
  },
});
const connectors = createRoute({
  getParentRoute: () => frame,
  path: '/connectors',
  validateSearch: (search: SearchRecord) => pick(search, ['q', 'status', 'sort']),
  component: lazyRouteComponent(() => import('../features/gallery/gallery-page.tsx'), 'GalleryPage'),
});
const connector = createRoute({
  getParentRoute: () => frame,
  path: '/connectors/$id',
  validateSearch: (search: SearchRecord) => pick(search, ['tab', 'pane']),
  component: lazyRouteComponent(async () => {
    // The renderer of markdown comes along: text that grows after the first paint moves the buttons below it.
    const [page] = await Promise.all([import('../features/connector/connector-page.tsx'), preloadMarkdown()]);
    return { ConnectorPage: page.ConnectorPage };
  }, 'ConnectorPage'),
});
const connections = createRoute({
  getParentRoute: () => frame,
  path: '/connections',
  validateSearch: (search: SearchRecord) => pick(search, ['q', 'state']),
  component: lazyRouteComponent(
    () => import('../features/connections/connections-page.tsx'),
    'ConnectionsPage',
  ),
});
const connection = createRoute({
  getParentRoute: () => frame,
  path: '/connections/$id',
  component: lazyRouteComponent(
    () => import('../features/connections/connection-page.tsx'),
    'ConnectionPage',
  ),
});
const run = createRoute({
  getParentRoute: () => frame,
  path: '/runs/$id',
  component: lazyRouteComponent(() => import('../features/runs/run-page.tsx'), 'RunPage'),
});
const query = createRoute({
  getParentRoute: () => frame,
  path: '/query',
  validateSearch: (search: SearchRecord) => pick(search, ['q', 'from', 'to', 'run']),
  component: lazyRouteComponent(() => import('../features/query/query-page.tsx'), 'QueryPage'),
});
const tables = createRoute({
  getParentRoute: () => frame,
  path: '/tables',
  component: lazyRouteComponent(() => import('../features/tables/tables-page.tsx'), 'TablesPage'),
});
const system = createRoute({
  getParentRoute: () => frame,
  path: '/system',
  component: lazyRouteComponent(() => import('../features/system/system-page.tsx'), 'SystemPage'),
});
const settings = createRoute({
  getParentRoute: () => frame,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/settings/settings-page.tsx'), 'SettingsPage'),
});

const routeTree = root.addChildren([
  login,
  frame.addChildren([
    home,
    connectors,
    connector,
    connections,
    connection,
    run,
    query,
    tables,
    system,
    settings,
  ]),
]);

export const createAppRouter = (client: QueryClient) =>
  createRouter({
    routeTree,
    context: { client },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultErrorComponent: StartFailure,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
