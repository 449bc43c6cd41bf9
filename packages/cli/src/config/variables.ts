import {
  decimal,
  flag,
  httpUrl,
  integer,
  keyStoreUrl,
  oneOf,
  path,
  proxies,
  storeUrl,
  text,
} from './types.ts';
import { optional, required, type Variable } from './variable.ts';

const secret = { secret: true };
const RETENTION = 'archiving';
const many = Number.MAX_SAFE_INTEGER;

/** Every environment variable that the server reads, in the order of `docs/configuration.md`. */
export const SECTIONS = {
  'Where it runs': {
    nodeEnv: optional(
      'NODE_ENV',
      text,
      '`production` turns the production rules on. Anything else leaves them off.',
    ),
    host: optional(
      'HOST',
      text,
      'Address to listen on. Unset: `127.0.0.1`, in production `0.0.0.0`. In development a loopback address only.',
    ),
    port: required(
      'PORT',
      integer(0, 65535),
      '8080',
      'Port to listen on; `0` takes a free one and prints it.',
    ),
    trustProxy: required(
      'TRUST_PROXY',
      proxies,
      'false',
      'Whose `X-Forwarded-For` is believed. Behind one load balancer: `1`.',
    ),
    logLevel: required(
      'LOG_LEVEL',
      oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
      'info',
      'Least severity of the JSON log lines on standard output.',
    ),
    shutdownTimeoutMs: required(
      'SHUTDOWN_TIMEOUT_MS',
      integer(100, 600_000),
      '10000',
      'How long a stopping server finishes what it began before it gives up.',
    ),
  },
  'What it keeps': {
    store: required(
      'STORE',
      storeUrl,
      'sqlite:data/ledger.db',
      'The ledger. `esdb://` is EventStoreDB, with its own connection options.',
    ),
    dataDir: required(
      'DATA_DIR',
      path,
      'data',
      'Folder of this instance for views that can be built again. One per instance.',
    ),
    keystore: optional(
      'KEYSTORE',
      keyStoreUrl,
      'Keys of redacted and personal values; shared by all instances of a ledger and kept outside it. ' +
        'Unset: the ledger’s file with `.keys` added. Required with `esdb://`.',
    ),
    policyPath: required(
      'POLICY_PATH',
      path,
      'infra/policy/policy.yaml',
      'The policy file; schemas that it names lie beside it.',
    ),
  },
  'Who may call': {
    jwtSecret: optional(
      'JWT_SECRET',
      text,
      'Checks HS256 tokens. At least 32 characters in production. Several, newest first, separated by commas, while one is replaced.',
      secret,
    ),
    jwksUrl: optional(
      'JWKS_URL',
      httpUrl,
      'Keys of an identity provider, for RS256, PS256, ES256 and EdDSA tokens.',
    ),
    jwtIssuer: optional('JWT_ISSUER', text, 'Tokens must carry this `iss`.'),
    jwtAudience: optional('JWT_AUDIENCE', text, 'Tokens must carry this `aud`.'),
    jwtDefaultKind: required(
      'JWT_DEFAULT_KIND',
      oneOf('human', 'machine'),
      'human',
      'What a token without the claim `kind` stands for.',
    ),
    apiKeysFile: optional(
      'API_KEYS_FILE',
      path,
      'YAML or JSON, `keys: [{ id, sha256, sub, tenant, roles, owner }]`; a key is always a machine.',
    ),
    adminToken: optional(
      'ADMIN_TOKEN',
      text,
      'Authorises `/api/admin/*` in the header `x-admin-token`, alone. Unset closes these routes.',
      secret,
    ),
    metricsToken: optional('METRICS_TOKEN', text, '`/metrics` then wants it as a bearer token.', secret),
    secretsKey: optional(
      'SECRETS_KEY',
      text,
      'Derives wait tokens; newest first, separated by commas, at least 32 characters each. Required in production and ' +
        'with `esdb://`; otherwise made on the first start, in `DATA_DIR/secrets.key`.',
      secret,
    ),
  },
  'Transport security': {
    tlsCertFile: optional(
      'TLS_CERT_FILE',
      path,
      'Certificate chain (PEM). With `TLS_KEY_FILE` the server speaks https.',
    ),
    tlsKeyFile: optional('TLS_KEY_FILE', path, 'Private key of the certificate (PEM).'),
    tlsCaFile: optional('TLS_CA_FILE', path, 'Authorities that client certificates must come from (PEM).'),
    requireClientCert: required(
      'REQUIRE_CLIENT_CERT',
      flag,
      'false',
      'Refuse connections without a client certificate; needs the three files above.',
    ),
  },
  Limits: {
    rateLimitCapacity: required(
      'RATE_LIMIT_CAPACITY',
      integer(0, many),
      '5000',
      'Requests that one client address may create in a burst; 0 turns the limit off.',
    ),
    rateLimitRefillPerSec: required(
      'RATE_LIMIT_REFILL_PER_SEC',
      decimal(0),
      '1000',
      'How many of these come back each second.',
    ),
    overrideMaxKeys: required(
      'OVERRIDE_MAX_KEYS',
      integer(0, many),
      '20',
      'Parameters that one approval may edit.',
    ),
    overrideMaxChars: required(
      'OVERRIDE_MAX_CHARS',
      integer(0, many),
      '4000',
      'Characters of such an edit, as JSON.',
    ),
    schedulerIntervalMs: required(
      'SCHEDULER_INTERVAL_MS',
      integer(10, 60_000),
      '5000',
      'Upper bound on the time between two looks at the deadlines. Timers are set to the next deadline; this is the net below.',
    ),
  },
  Tracing: {
    tracingEnabled: required('TRACING_ENABLED', flag, 'false', 'Record OpenTelemetry spans.'),
    tracingExporter: required(
      'TRACING_EXPORTER',
      oneOf('console', 'otlp'),
      'console',
      'Where spans go. `otlp` reads the usual `OTEL_EXPORTER_OTLP_*` variables.',
    ),
    sseDebug: required(
      'SSE_DEBUG',
      flag,
      'false',
      'Log every HTTP request, event streams included, as `LOG_LEVEL=debug` does.',
    ),
  },
  Slack: {
    slack: optional('SLACK', oneOf('off'), '`off` says that this server does without Slack.'),
    slackSigningSecret: optional(
      'SLACK_SIGNING_SECRET',
      text,
      'Checks what Slack sends over HTTP. Several, newest first, separated by commas, while one is replaced.',
      secret,
    ),
    slackBotToken: optional(
      'SLACK_BOT_TOKEN',
      text,
      'Posts messages (`xoxb-…`). Several, newest first, separated by commas: the next is used once one is refused.',
      secret,
    ),
    slackAppToken: optional(
      'SLACK_APP_TOKEN',
      text,
      'Opens Socket Mode (`xapp-…`), instead of HTTP. Several as above.',
      secret,
    ),
    slackApiUrl: optional('SLACK_API_URL', httpUrl, 'Another address of the Slack API.'),
    slackUpdateQueue: required(
      'SLACK_UPDATE_QUEUE',
      flag,
      'true',
      'Updates of one message wait a moment for more, and go out as one.',
    ),
    slackEmailMatch: required(
      'SLACK_EMAIL_MATCH',
      flag,
      'false',
      'Who is not in the policy’s `people` by Slack id is looked for there by their Slack e-mail address.',
    ),
    consoleUrl: optional(
      'CONSOLE_URL',
      httpUrl,
      'Messages link to `<CONSOLE_URL>/requests/<id>`. Unset: they link nowhere.',
    ),
    simulatorPort: optional(
      'SIMULATOR_PORT',
      integer(0, 65535),
      'Port of the simulated Slack workspace of a development server; `0` takes a free one. Unset: `PORT` + 1, or a free one where that is taken.',
    ),
  },
  Connectors: {
    webhookSecrets: optional(
      'WEBHOOK_SECRETS',
      text,
      'Signs outgoing webhooks and callbacks (`whsec_…`, Standard Webhooks). Several, separated by commas: every one signs.',
      secret,
    ),
    webhookEndpointsFile: optional(
      'WEBHOOK_ENDPOINTS_FILE',
      path,
      'YAML or JSON, `endpoints: [{ url, secrets, headers }]`: own secrets and headers for URLs that begin with `url`.',
    ),
    webhookAllowHttp: required('WEBHOOK_ALLOW_HTTP', flag, 'false', 'Steps may also call `http` URLs.'),
    webhookAllowAddresses: optional(
      'WEBHOOK_ALLOW_ADDRESSES',
      text,
      'Addresses and CIDR ranges that are called although they are private, separated by commas.',
    ),
    webhookCaFile: optional('WEBHOOK_CA_FILE', path, 'Authorities to trust instead of the system’s (PEM).'),
    githubDispatchToken: optional(
      'GITHUB_DISPATCH_TOKEN',
      text,
      'Lets the GitHub connector act, in the name of whom it belongs to.',
      secret,
    ),
    githubAppId: optional('GITHUB_APP_ID', text, 'A GitHub App to act as instead.'),
    githubAppPrivateKeyFile: optional('GITHUB_APP_PRIVATE_KEY_FILE', path, 'Its private key (PEM).'),
    githubAppInstallationId: optional(
      'GITHUB_APP_INSTALLATION_ID',
      integer(1, many),
      'The one installation to act as. Unset: each repository’s own.',
    ),
    githubApiUrl: optional('GITHUB_API_URL', httpUrl, '`https://<host>/api/v3` of an Enterprise Server.'),
    githubWebhookSecret: optional(
      'GITHUB_WEBHOOK_SECRET',
      text,
      'Checks what GitHub sends to `/github/webhook`. Several, newest first, separated by commas. Unset closes it.',
      secret,
    ),
    githubOwners: optional(
      'GITHUB_OWNERS',
      text,
      'Accounts whose repositories may ask there, separated by commas. Unset: all that install the App, which is right for a private one.',
    ),
    sharepointTenantId: optional(
      'SHAREPOINT_TENANT_ID',
      text,
      'Tenant of the application that acts in SharePoint.',
    ),
    sharepointClientId: optional('SHAREPOINT_CLIENT_ID', text, 'Its id.'),
    sharepointClientSecret: optional('SHAREPOINT_CLIENT_SECRET', text, 'Its secret.', secret),
    sharepointGraphUrl: optional('SHAREPOINT_GRAPH_URL', httpUrl, 'Microsoft Graph of a national cloud.'),
    sharepointLoginUrl: optional('SHAREPOINT_LOGIN_URL', httpUrl, 'Sign-in of a national cloud.'),
    sharepointKeyColumn: optional(
      'SHAREPOINT_KEY_COLUMN',
      text,
      'Indexed text column by which list items are known again. Unset: `CountersignKey`.',
    ),
  },
  Retention: {
    retentionMaxAgeSec: optional(
      'RETENTION_MAX_AGE_SEC',
      integer(1, many),
      'Age at which decided requests are archived. Unset keeps everything.',
      { waitsFor: RETENTION },
    ),
    retentionArchiveDir: optional('RETENTION_ARCHIVE_DIR', path, 'Folder of the archives.', {
      waitsFor: RETENTION,
    }),
    retentionSweepIntervalSec: optional(
      'RETENTION_SWEEP_INTERVAL_SEC',
      integer(1, many),
      'How often requests are looked at.',
      { waitsFor: RETENTION },
    ),
  },
  'Later versions': {
    notifyHmacSecret: optional('NOTIFY_HMAC_SECRET', text, 'Checks signed pack events.', {
      ...secret,
      waitsFor: 'pack notifications',
    }),
    checkpointKeyFile: optional('CHECKPOINT_KEY_FILE', path, 'Signs checkpoints of the ledger.', {
      waitsFor: 'signed checkpoints',
    }),
  },
} as const;

type Merge<U> = (U extends unknown ? (of: U) => void : never) extends (of: infer I) => void ? I : never;
type Table = Merge<(typeof SECTIONS)[keyof typeof SECTIONS]>;

type ValueOf<V> = V extends Variable<infer T> ? (V extends { fallback: string } ? T : T | undefined) : never;

/** The value of every variable, defaults filled in. */
export type Values = { readonly [K in keyof Table]: ValueOf<Table[K]> };

export const VARIABLES = Object.assign({}, ...Object.values(SECTIONS)) as Table;
