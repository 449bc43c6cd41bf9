import type { Connector, LostCall } from '@countersign/domain';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { sharePointConnector } from '../../src/sharepoint/connector.ts';
import type { SharePointSettings } from '../../src/sharepoint/settings.ts';
import { callOf } from '../support/calls.ts';
import { type MicrosoftDouble, microsoftDouble } from './double/server.ts';
import { SITE, TENANT } from './double/world.ts';

export const MINUTE = 60_000;
export const file = { driveId: 'b!x', path: 'Reports/May #1.txt', content: 'hello' };
export const item = { siteId: SITE, listId: 'Deploys done', fields: { Title: 'Deploy', Count: 2 } };

/** A double and a connector to it, new for each test of a file; a test ends with nothing that Graph would object to. */
export interface Bench {
  microsoft: MicrosoftDouble;
  connector: Connector;
  /** Another connector to the double. */
  connect(settings?: SharePointSettings): Connector;
  /** A call that was sent so many minutes before the double's present. */
  sent(minutesAgo: number, operation: string, input: object): LostCall;
}

export function bench(): Bench {
  const at = {} as Bench;
  beforeEach(async () => {
    at.microsoft = await microsoftDouble();
    at.connector = at.connect();
  });
  afterEach(async () => {
    await at.microsoft.close();
    expect(at.microsoft.objections).toEqual([]);
  });
  at.connect = (settings = {}) => connectorTo(at.microsoft, settings);
  at.sent = (minutesAgo, operation, input) => {
    const sentAt = new Date(at.microsoft.world.now - minutesAgo * MINUTE).toISOString();
    return callOf(operation, input, { sentFrom: sentAt, sentUntil: sentAt });
  };
  return at;
}

export function connectorTo({ url, world }: MicrosoftDouble, settings: SharePointSettings = {}): Connector {
  const application = { tenantId: TENANT, clientId: 'app-1', clientSecret: world.secret };
  return sharePointConnector(
    { application, graphUrl: url, loginUrl: url, ...settings },
    { now: () => world.now },
  );
}
