/** Variables that the other commands read; the server does not. */
export const CLIENT_VARIABLES = {
  COUNTERSIGN_URL:
    'Where the server is. Default `http://127.0.0.1:8080`; beside a development server, wherever that listens.',
  COUNTERSIGN_TOKEN: 'Bearer token or API key to call with.',
  ADMIN_TOKEN: 'For `policy reload` and `projections`.',
  METRICS_TOKEN: 'For `smoke`, where the server asks for it.',
  JWT_SECRET: 'For `token`, and for `smoke` and `load`, which then mint their own.',
  DATA_DIR: 'Where a development server left its ready-made tokens (`dev-tokens.json`).',
  CI: '`true`: no colour.',
  NO_COLOR: 'Anything: no colour.',
} as const;
