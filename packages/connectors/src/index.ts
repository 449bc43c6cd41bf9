import type { Connector } from '@countersign/domain';
import { gitHubConnector } from './github/connector.ts';
import type { GitHubSettings } from './github/settings.ts';
import type { Surroundings } from './settings.ts';
import { sharePointConnector } from './sharepoint/connector.ts';
import type { SharePointSettings } from './sharepoint/settings.ts';
import { webhookConnector } from './webhook/connector.ts';
import type { WebhookSettings } from './webhook/settings.ts';

export type { GitHubApp, GitHubSettings } from './github/settings.ts';
export { createNoopConnector, type NoopOptions } from './noop.ts';
export { SettingsError } from './settings.ts';
export type { EntraApplication, SharePointSettings } from './sharepoint/settings.ts';
export type { WebhookEndpoint, WebhookSettings } from './webhook/settings.ts';

/** Credentials and places, by value: whoever starts the service reads them from its environment. */
export interface ConnectorSettings {
  readonly webhook?: WebhookSettings;
  readonly github?: GitHubSettings;
  readonly sharepoint?: SharePointSettings;
}

/**
 * Every connector there is. One without its credentials is there too: it checks inputs, says that it is unconfigured,
 * and refuses every call.
 * @throws SettingsError for a setting that can't be used; says which, never its value
 */
export function createConnectors(settings: ConnectorSettings): readonly Connector[] {
  const surroundings: Surroundings = { now: Date.now };
  return [
    webhookConnector(settings.webhook, surroundings),
    gitHubConnector(settings.github, surroundings),
    sharePointConnector(settings.sharepoint, surroundings),
  ];
}
