import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { SettingsError } from '../../src/settings.ts';
import { webhookConnector } from '../../src/webhook/connector.ts';
import type { WebhookSettings } from '../../src/webhook/settings.ts';

const secrets = [`whsec_${randomBytes(24).toString('base64')}`];
const make = (settings?: WebhookSettings) => webhookConnector(settings, { now: Date.now });
const connector = make({ secrets });
const url = 'https://hooks.example/deploy';

describe('input of post', () => {
  test.each([
    [{ url, body: { a: 1 } }],
    [{ url, body: null }],
    [{ url, body: 'text', headers: { 'x-team': 'ops', 'X-Request-Id': '' }, idempotent: true }],
    [{ url: 'https://hooks.example:8443/a?b=c', body: [] }],
  ])('%j is good', (input) => {
    expect(connector.validate('post', input)).toEqual([]);
  });

  test.each([
    [{}, ['/url', '/body']],
    [{ url, body: 1, method: 'PUT' }, ['/method']],
    [{ url: 'http://hooks.example/', body: 1 }, ['/url']],
    [{ url: 'https://me:pass@hooks.example/', body: 1 }, ['/url']],
    [{ url: 'https://hooks.example/#part', body: 1 }, ['/url']],
    [{ url: 'file:///etc/passwd', body: 1 }, ['/url']],
    [{ url: 'https://', body: 1 }, ['/url']],
    [{ url: 5, body: 1 }, ['/url']],
    [{ url: `https://hooks.example/${'x'.repeat(2000)}`, body: 1 }, ['/url']],
    [{ url, body: 'x'.repeat(262_144) }, ['/body']],
    [{ url, body: 1, headers: { 'x-a': 5 } }, ['/headers/x-a']],
    [{ url, body: 1, headers: { 'x-a': 'line\r\nbreak' } }, ['/headers/x-a']],
    [{ url, body: 1, headers: { 'x~1/': 'v' } }, ['/headers/x~01~1']],
    [
      { url, body: 1, headers: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`x-${n}`, ''])) },
      ['/headers'],
    ],
    [{ url, body: 1, idempotent: 'yes' }, ['/idempotent']],
  ])('%j has faults at %j', (input, pointers) => {
    const faults = connector.validate('post', input as never);
    expect(faults.map(({ pointer }) => pointer)).toEqual(pointers);
    for (const { detail } of faults) expect(detail).toMatch(/^(must|is|has)/);
  });

  test.each([
    ['Authorization'],
    ['proxy-authorization'],
    ['Cookie'],
    ['set-cookie'],
    ['X-API-Key'],
    ['api-key'],
    ['apikey'],
    ['x-auth-token'],
    ['X-Gitlab-Token'],
    ['x-vault-token'],
    ['client-secret'],
    ['x-amz-security-token'],
    ['X-Hub-Signature-256'],
    ['host'],
    ['Content-Length'],
    ['content-type'],
    ['Connection'],
    ['transfer-encoding'],
    ['TE'],
    ['upgrade'],
    ['expect'],
    ['webhook-id'],
    ['Webhook-Signature'],
  ])('the header %s is refused, templates or not', (name) => {
    const expected = [
      { pointer: `/headers/${name}`, detail: expect.stringContaining('credentials are configured') },
    ];
    expect(connector.validate('post', { url, body: 1, headers: { [name]: 'v' } })).toEqual(expected);
    expect(connector.validate('post', { url, body: 1, headers: { [name]: '{{payload.v}}' } }, true)).toEqual(
      expected,
    );
  });

  test.each([
    ['x-team'],
    ['x-correlation-id'],
    ['x-author'],
    ['x-tokenizer'],
    ['traceparent'],
    ['x-idempotency-key'],
  ])('the header %s is let through', (name) => {
    expect(connector.validate('post', { url, body: 1, headers: { [name]: 'v' } })).toEqual([]);
  });

  test('values that are templates yet are let through, once, and not when they are to be filled in', () => {
    const input = {
      url: '{{payload.url}}',
      body: '{{payload}}',
      headers: '{{payload.headers}}',
      idempotent: '{{payload.i}}',
    };
    expect(connector.validate('post', input, true)).toEqual([]);
    expect(connector.validate('post', input).map(({ pointer }) => pointer)).toEqual([
      '/url',
      '/headers',
      '/idempotent',
    ]);
    expect(connector.validate('post', { url, body: 1, more: '{{payload.x}}' }, true)).toHaveLength(1);
  });

  test('another operation is a fault of the whole', () => {
    expect(connector.validate('get', {})).toEqual([
      { pointer: '', detail: expect.stringContaining('it has post') },
    ]);
    expect(connector.validate('constructor', {})).toHaveLength(1);
  });
});

describe('settings', () => {
  test('without a secret it is unconfigured and refuses every call', async () => {
    const bare = make();
    expect(await bare.health(AbortSignal.timeout(1000))).toMatchObject({ status: 'unconfigured' });
    expect(bare.validate('post', { url, body: 1 })).toEqual([
      { pointer: '/url', detail: expect.stringContaining('secret') },
    ]);
  });

  test('a URL without a secret of its own needs a general one', () => {
    const some = make({ endpoints: [{ url: 'https://hooks.example', secrets }] });
    expect(some.validate('post', { url, body: 1 })).toEqual([]);
    expect(some.validate('post', { url: 'https://other.example/', body: 1 })).toHaveLength(1);
    expect(some.validate('post', { url: 'https://hooks.example.evil.example/', body: 1 })).toHaveLength(1);
  });

  test.each<[WebhookSettings, string]>([
    [{ secrets: [...secrets, 'sentinel-secret'] }, 'webhook.secrets[1]'],
    [{ secrets: ['whsec_c2hvcnQ='] }, 'webhook.secrets[0]'],
    [{ endpoints: [{ url: 'hooks.example' }] }, 'webhook.endpoints[0].url'],
    [{ endpoints: [{ url, secrets: ['x'] }] }, 'webhook.endpoints[0].secrets[0]'],
    [{ secrets, allowAddresses: ['10.0.0.0/99'] }, 'webhook.allowAddresses'],
  ])('%j are refused, naming the setting and not its value', (settings, setting) => {
    let thrown: unknown;
    try {
      make(settings);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(SettingsError);
    expect((thrown as Error).message).toContain(setting);
    expect((thrown as Error).message).not.toContain('sentinel-secret');
  });
});
