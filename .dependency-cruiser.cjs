/** The arrows of docs/architecture.md. Anything not named here is forbidden between modules of src/. */
const may = {
  core: [],
  template: ['core'],
  definition: ['core', 'template'],
  http: ['core'],
  poller: ['core', 'definition', 'http'],
  archive: ['core'],
  kql: ['core', 'definition'],
  engine: ['core', 'definition'],
  state: ['core'],
  ingest: ['core', 'definition', 'poller', 'archive', 'kql', 'engine', 'state'],
  health: ['core', 'state', 'engine'],
  control: [
    'core',
    'template',
    'definition',
    'http',
    'poller',
    'archive',
    'kql',
    'engine',
    'state',
    'ingest',
    'health',
    'api',
  ],
  api: ['core'],
  cli: ['core', 'api'],
};

const forbidden = Object.entries(may).map(([module, targets]) => ({
  name: `${module}-arrows`,
  severity: 'error',
  comment: `${module} may import only: ${[module, ...targets].join(', ')}`,
  from: { path: `^src/${module}/`, pathNot: '/testing/' },
  to: {
    path: '^src/',
    pathNot: [
      ...[module, ...targets].map((t) => `^src/${t}/`),
      ...(module === 'cli' ? ['^src/app\\.ts$'] : []),
    ],
  },
}));

module.exports = {
  forbidden: [
    ...forbidden,
    {
      name: 'no-circular',
      severity: 'error',
      from: { path: '^(src|simulators|web/src)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-http-fetches',
      severity: 'error',
      comment: 'outgoing requests go through src/http',
      from: {
        path: '^src/',
        pathNot: ['^src/http/', '^src/cli/', '^src/engine/', '\\.test\\.ts$', '/testing/'],
      },
      to: { path: '^(undici)$' },
    },
    {
      name: 'simulators-alone',
      severity: 'error',
      from: { path: '^simulators/' },
      to: { path: '^src/(?!core/)' },
    },
    {
      name: 'web-only-api-types',
      severity: 'error',
      from: { path: '^web/src/' },
      to: { path: '^src/', pathNot: '^src/api/schemas\\.ts$' },
    },
    {
      name: 'web-features-apart',
      severity: 'error',
      from: { path: '^web/src/features/([^/]+)/' },
      to: { path: '^web/src/features/([^/]+)/', pathNot: '^web/src/features/$1/' },
    },
    {
      name: 'tests-not-shipped',
      severity: 'error',
      from: { pathNot: ['\\.test\\.ts$', '/testing/', '^test/'] },
      to: { path: ['\\.test\\.ts$', '^src/.*/testing/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(\\.test\\.tsx?$)' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.js'] },
  },
};
