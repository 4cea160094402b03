/** The house's import rules (docs/architecture.md): one direction, and no service knows another. */
const core = ['net', 'tls', 'dgram', 'dns', 'http', 'https', 'http2']

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['^bin/', '\\.cjs$', '/assets/'] },
      to: {},
    },
    {
      name: 'shared-knows-only-shared',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^(certs|services|lab|cli|bench|test)/' },
    },
    {
      name: 'catalogue-is-data',
      severity: 'error',
      from: { path: '^shared/catalogue/' },
      to: { path: '^shared/(?!catalogue/)' },
    },
    {
      name: 'pure-rooms-do-no-io',
      comment: 'wire, session and verdict know bytes, states and words: no sockets, no files, no clock',
      severity: 'error',
      from: { path: '^shared/(wire|session|verdict)/' },
      to: {
        path: [
          `^(node:)?(${[...core, 'fs', 'timers', 'child_process'].join('|')})(/|$)`,
          '^shared/(net|http|config|faults)/',
        ],
      },
    },
    {
      name: 'services-know-only-shared',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^(certs|lab|cli|services)/', pathNot: '^services/$1/' },
    },
    {
      name: 'services-go-through-the-host',
      comment: 'a service that opened its own sockets would leave no evidence',
      severity: 'error',
      from: { path: '^services/' },
      to: { path: `^(node:)?(${core.join('|')})(/|$)`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'certs-know-only-shared',
      severity: 'error',
      from: { path: '^certs/' },
      to: { path: '^(services|lab|cli)/' },
    },
    { name: 'lab-does-not-know-the-cli', severity: 'error', from: { path: '^lab/' }, to: { path: '^cli/' } },
    {
      name: 'no-dev-dependency-in-the-product',
      severity: 'error',
      from: { path: '^(bin|certs|cli|lab|services|shared)/', pathNot: '^lab/vitest[.]ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
