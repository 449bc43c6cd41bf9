/**
 * Who may import whom. Imports go down this table only; every arrow not listed is an error.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const mayImport = {
  domain: [],
  'event-store': [],
  application: ['domain', 'event-store'],
  projections: ['domain', 'event-store'],
  processes: ['domain', 'application', 'projections'],
  connectors: ['domain'],
  'slack-simulator': [],
  'slack-adapter': ['domain', 'application', 'projections'],
  api: ['domain', 'event-store', 'application', 'projections'],
  cli: [
    'domain',
    'event-store',
    'application',
    'projections',
    'processes',
    'connectors',
    'slack-simulator',
    'slack-adapter',
    'api',
  ],
};

const towers = Object.entries(mayImport).map(([name, allowed]) => ({
  name: `${name}-imports-down-only`,
  severity: 'error',
  from: { path: `^packages/${name}/(src|bin)/` },
  to: { path: '^packages/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
}));

export default {
  forbidden: [
    ...towers,
    {
      name: 'no-cycles',
      comment: 'types may refer to each other; code may not',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'domain-is-pure',
      comment: 'no I/O, no clock, no randomness: of Node only the hash function',
      severity: 'error',
      from: { path: '^packages/domain/src/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'source-does-not-import-tests',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: { path: '/test/' },
    },
    {
      name: 'packages-are-entered-by-their-door',
      comment: 'another package is imported by its name, never by a path into it',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/' },
      to: {
        path: '^packages/',
        pathNot: ['^packages/$1/', '/src/(index|recorded|eventstoredb/index)\\.ts$'],
      },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|data)/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'default'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};
