import { SettingsError, serviceUrl } from '../settings.ts';

/** An application registered in Microsoft Entra ID, which acts for itself. */
export interface EntraApplication {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface SharePointSettings {
  /** Without, the connector is unconfigured. */
  readonly application?: EntraApplication;
  /** `https://graph.microsoft.com` when absent; national clouds have their own. */
  readonly graphUrl?: string;
  /** `https://login.microsoftonline.com` when absent. */
  readonly loginUrl?: string;
  /** Internal name of the column that list items are known again by; `CountersignKey` when absent. */
  readonly keyColumn?: string;
  /** For one request; 60,000 when absent. */
  readonly timeoutMs?: number;
}

export interface SharePointPlaces {
  readonly graphUrl: string;
  readonly loginUrl: string;
  readonly keyColumn: string;
}

/** @throws SettingsError */
export function placesOf({
  graphUrl,
  loginUrl,
  keyColumn = 'CountersignKey',
}: SharePointSettings): SharePointPlaces {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(keyColumn)) {
    throw new SettingsError('sharepoint.keyColumn', 'must be the internal name of a column');
  }
  return {
    graphUrl: serviceUrl('sharepoint.graphUrl', graphUrl ?? 'https://graph.microsoft.com'),
    loginUrl: serviceUrl('sharepoint.loginUrl', loginUrl ?? 'https://login.microsoftonline.com'),
    keyColumn,
  };
}

/** @throws SettingsError */
export function checkApplication({ tenantId, clientId, clientSecret }: EntraApplication): void {
  if (!/^[A-Za-z0-9.-]{1,255}$/.test(tenantId)) {
    throw new SettingsError('sharepoint.application.tenantId', 'must be the id or a domain of a tenant');
  }
  if (clientId === '') throw new SettingsError('sharepoint.application.clientId', 'must not be empty');
  if (clientSecret === '')
    throw new SettingsError('sharepoint.application.clientSecret', 'must not be empty');
}
