import { readFile } from 'node:fs/promises';
import {
  type ConnectorSettings,
  createConnectors,
  SettingsError,
  type WebhookEndpoint,
} from '@countersign/connectors';
import type { Connector } from '@countersign/domain';
import { parse } from 'yaml';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import type { Config } from '../config/config.ts';
import { listOf } from './credentials.ts';

/**
 * The ways to outside systems, with their credentials as the environment names them.
 * @throws CliError naming what cannot be used, never its value
 */
export async function connectorsFor(config: Config): Promise<readonly Connector[]> {
  const settings: ConnectorSettings = {
    webhook: await webhookSettings(config),
    github: await githubSettings(config),
    sharepoint: sharepointSettings(config),
  };
  try {
    return createConnectors(settings);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new CliError(`a connector cannot be used: ${error.message}`, undefined, { cause: error });
  }
}

async function webhookSettings(config: Config): Promise<NonNullable<ConnectorSettings['webhook']>> {
  const { webhookCaFile, webhookEndpointsFile } = config;
  return {
    secrets: listOf(config.webhookSecrets),
    allowHttp: config.webhookAllowHttp,
    allowAddresses: listOf(config.webhookAllowAddresses),
    ...(webhookCaFile && { ca: await textOf('WEBHOOK_CA_FILE', webhookCaFile) }),
    ...(webhookEndpointsFile && {
      endpoints: parseEndpoints(await textOf('WEBHOOK_ENDPOINTS_FILE', webhookEndpointsFile)),
    }),
  };
}

const EndpointsFile = z.strictObject({
  endpoints: z.array(
    z.strictObject({
      url: z.string(),
      secrets: z.array(z.string()).optional(),
      headers: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

function parseEndpoints(text: string): WebhookEndpoint[] {
  const { success, data, error } = EndpointsFile.safeParse(readYaml(text));
  if (success) return data.endpoints as WebhookEndpoint[];
  const [issue] = error.issues;
  throw new CliError(`WEBHOOK_ENDPOINTS_FILE: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** What a parser says of a file may quote it, and it holds secrets. */
function readYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    throw new CliError('WEBHOOK_ENDPOINTS_FILE: is neither YAML nor JSON');
  }
}

async function githubSettings(config: Config): Promise<NonNullable<ConnectorSettings['github']>> {
  const { githubDispatchToken: token, githubAppId: appId, githubAppInstallationId, githubApiUrl } = config;
  const keyFile = config.githubAppPrivateKeyFile;
  return {
    ...(token && { auth: { token } }),
    ...(appId &&
      keyFile && {
        auth: {
          appId,
          privateKey: await textOf('GITHUB_APP_PRIVATE_KEY_FILE', keyFile),
          ...(githubAppInstallationId !== undefined && { installationId: githubAppInstallationId }),
        },
      }),
    ...(githubApiUrl && { apiUrl: githubApiUrl }),
  };
}

function sharepointSettings(config: Config): NonNullable<ConnectorSettings['sharepoint']> {
  const { sharepointTenantId: tenantId, sharepointClientId: clientId } = config;
  const clientSecret = config.sharepointClientSecret;
  return {
    ...(tenantId && clientId && clientSecret && { application: { tenantId, clientId, clientSecret } }),
    ...(config.sharepointGraphUrl && { graphUrl: config.sharepointGraphUrl }),
    ...(config.sharepointLoginUrl && { loginUrl: config.sharepointLoginUrl }),
    ...(config.sharepointKeyColumn && { keyColumn: config.sharepointKeyColumn }),
  };
}

async function textOf(variable: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError(`${variable}: ${(error as Error).message}`, undefined, { cause: error });
  }
}
