import { describe, expect, test } from '@jest/globals';
import { SettingsError } from '../../src/settings.ts';
import { sharePointConnector } from '../../src/sharepoint/connector.ts';
import type { SharePointSettings } from '../../src/sharepoint/settings.ts';
import { callOf } from '../support/calls.ts';
import { bench, file, item } from './support.ts';

const here = bench();

describe('settings', () => {
  test.each<[SharePointSettings, string]>([
    [{ graphUrl: 'http://graph.example' }, 'sharepoint.graphUrl'],
    [{ loginUrl: 'login' }, 'sharepoint.loginUrl'],
    [{ keyColumn: "x' or 1" }, 'sharepoint.keyColumn'],
    [
      { application: { tenantId: 'a/b', clientId: 'c', clientSecret: 's' } },
      'sharepoint.application.tenantId',
    ],
    [{ application: { tenantId: 'a', clientId: '', clientSecret: 's' } }, 'sharepoint.application.clientId'],
    [
      { application: { tenantId: 'a', clientId: 'c', clientSecret: '' } },
      'sharepoint.application.clientSecret',
    ],
  ])('%j are refused', (settings, setting) => {
    expect(() => here.connect(settings)).toThrow(SettingsError);
    expect(() => here.connect(settings)).toThrow(setting);
  });

  test('the column for keys may be another', () => {
    const other = here.connect({ keyColumn: 'ApprovalStep' });
    expect(other.validate('create-list-item', { ...item, fields: { ApprovalStep: 'x' } })).toHaveLength(1);
    expect(other.validate('create-list-item', { ...item, fields: { CountersignKey: 'x' } })).toEqual([]);
  });

  test('health tells whether a token is to be had', async () => {
    expect(await here.connector.health(AbortSignal.timeout(5000))).toEqual({ status: 'ok' });
    const bare = sharePointConnector(undefined, { now: Date.now });
    expect(await bare.health(AbortSignal.timeout(5000))).toMatchObject({ status: 'unconfigured' });
    expect(await bare.execute(callOf('upload-file', file))).toMatchObject({
      outcome: 'failed',
      transient: false,
    });
  });
});
