import type { Connector } from '@countersign/domain';
import type { Surroundings } from '../settings.ts';
import { connectorOf } from '../step/connector.ts';
import { secrets } from '../step/secrets.ts';
import { createListItem } from './create-list-item.ts';
import { type Graph, graph } from './graph.ts';
import { SHAREPOINT_FORMATS } from './input.ts';
import { checkApplication, placesOf, type SharePointSettings } from './settings.ts';
import { uploadFile } from './upload-file.ts';

/**
 * SharePoint, through Microsoft Graph.
 * @param settings without `application` leaves it unconfigured
 * @throws SettingsError
 */
export function sharePointConnector(
  settings: SharePointSettings = {},
  surroundings: Surroundings,
): Connector {
  const { application, timeoutMs = 60_000 } = settings;
  const places = placesOf(settings);
  if (application) checkApplication(application);
  const known = secrets(application ? [application.clientSecret] : []);
  const client = application
    ? graph(application, places, timeoutMs, known, surroundings)
    : nobody(surroundings.now);
  const { keyColumn } = places;
  return connectorOf({
    name: 'sharepoint',
    operations: { 'upload-file': uploadFile(client), 'create-list-item': createListItem(client, keyColumn) },
    formats: {
      ...SHAREPOINT_FORMATS,
      column: {
        detail: `must be the internal name of a column other than ${keyColumn}, which takes the step's key`,
        test: (name) => name !== keyColumn && /^[A-Za-z_][A-Za-z0-9_]{0,63}(@odata\.type)?$/.test(name),
      },
    },
    secrets: known,
    unconfigured: application ? undefined : 'it has no application in Entra ID',
    health: client.check,
  });
}

/** Stands in for a client where there are no credentials; the edge lets no call come this far. */
function nobody(now: () => number): Graph {
  const refuse = (): never => {
    throw new Error('called without credentials');
  };
  return {
    now,
    secrets: secrets(),
    asking: refuse,
    doing: refuse,
    uploading: refuse,
    forget: refuse,
    check: refuse,
  };
}
