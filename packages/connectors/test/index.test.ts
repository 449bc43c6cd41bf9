import { describe, expect, test } from '@jest/globals';
import { createConnectors, createNoopConnector, SettingsError } from '../src/index.ts';
import { callOf } from './support/calls.ts';

describe('all connectors', () => {
  test('are there without settings, unconfigured, and check inputs all the same', async () => {
    const connectors = createConnectors({});
    expect(connectors.map(({ name, operations }) => [name, operations])).toEqual([
      ['webhook', ['post']],
      [
        'github',
        ['open-issue', 'open-pull-request', 'dispatch-workflow', 'review-deployment', 'note-deployment'],
      ],
      ['sharepoint', ['upload-file', 'create-list-item']],
    ]);
    for (const { health, validate, operations, execute, reconcile } of connectors) {
      expect(await health(AbortSignal.timeout(1000))).toMatchObject({ status: 'unconfigured' });
      for (const operation of operations) {
        expect(validate(operation, {}).length).toBeGreaterThan(0);
        expect(await execute(callOf(operation, {}))).toMatchObject({ outcome: 'failed', transient: false });
        expect(await reconcile(callOf(operation, {}))).toMatchObject({ found: 'ask_again' });
      }
    }
  });

  test('a setting that cannot be used is refused at once', () => {
    expect(() => createConnectors({ webhook: { secrets: ['short'] } })).toThrow(SettingsError);
  });
});

describe('the connector to nowhere', () => {
  test('succeeds at once, or after a while', async () => {
    for (const delayMs of [0, 5]) {
      const { execute, validate, health } = createNoopConnector({ name: 'noop', delayMs });
      expect(validate('noop', { any: 1 })).toEqual([]);
      expect(validate('other', {})).toHaveLength(1);
      expect(await execute(callOf('noop', {}))).toEqual({
        outcome: 'succeeded',
        result: { key: 'appr1-step1' },
      });
      expect(await health(AbortSignal.timeout(1000))).toEqual({ status: 'ok' });
    }
  });

  test('ends when its call does', async () => {
    const { execute, reconcile } = createNoopConnector({ name: 'noop', delayMs: 60_000 });
    expect(await execute(callOf('noop', {}, { signal: AbortSignal.abort() }))).toMatchObject({
      outcome: 'failed',
      transient: true,
    });
    expect(await reconcile(callOf('noop', {}))).toEqual({ found: 'not_done' });
  });
});
