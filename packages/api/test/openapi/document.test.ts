import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createApi, PROBLEM_CODES, routes } from '../../src/index.ts';
import { document } from '../support/described.ts';
import { mounted } from '../support/mounted.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('the description', () => {
  test('describes every route of the app, and none that is not there', () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    const real = mounted(createApi(world.deps));
    expect(real.length).toBeGreaterThan(20);
    expect(described.toSorted()).toEqual(real.toSorted());
  });

  test('is what the server publishes', async () => {
    const { status, body } = await world.call('GET', '/openapi.json');
    expect(status).toBe(200);
    expect(body.openapi).toBe('3.1.0');
    expect(body).toEqual(JSON.parse(JSON.stringify(document)));
  });

  test('has no reference that leads nowhere', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target ?? '');
    expect(references.length).toBeGreaterThan(10);
    for (const target of new Set(references)) {
      const found = target
        .replace('#/', '')
        .split('/')
        .reduce<unknown>((at, token) => (at as Record<string, unknown>)?.[token], document);
      expect([target, typeof found]).toEqual([target, 'object']);
    }
  });

  test('names each operation once', () => {
    const ids = Object.values(document.paths).flatMap((operations) =>
      Object.values(operations).map(
        (operation) => (operation as unknown as { operationId: string }).operationId,
      ),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('every code of the table belongs to an operation or to no route at all', () => {
    const text = JSON.stringify(document.paths);
    const unnamed = PROBLEM_CODES.filter((code) => !new RegExp(`\\b${code}\\b`).test(text));
    // Told to other instances, to whoever is no GitHub where GitHub calls, and of any path.
    expect(unnamed).toEqual(['lease_lost', 'bad_signature', 'unknown_route']);
  });

  test('asks for the CSRF header wherever something under /api/approvals or /api/pj changes', () => {
    for (const { method, path } of routes) {
      const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method];
      const asks = JSON.stringify(operation).includes('X-PuddleJumper-Request');
      expect([path, asks]).toEqual([path, method !== 'get' && /^\/api\/(approvals|pj)\//.test(path)]);
    }
  });
});

test('HEAD answers as GET does, without a body', async () => {
  const answer = await world.call('HEAD', '/healthz');
  expect([answer.status, answer.text]).toEqual([200, '']);
});

test('every answer carries the headers that browsers should obey, and none may be cached', async () => {
  for (const path of ['/healthz', '/api/nothing', '/api/whoami']) {
    const { headers } = await world.call('GET', path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  }
});
