import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import fc from 'fast-check';
import { combineSignals, createLogger, lifecycleLog, REDACTED, redactText } from '../../src/logs/index.ts';
import { as, ci, human, openWorld, until, type World } from '../streams/world.ts';

type Line = Record<string, unknown>;

function collecting(level: 'debug' | 'info' = 'debug') {
  const text: string[] = [];
  const logger = createLogger({ level, to: { write: (line) => void text.push(line) } });
  return { logger, text, lines: () => text.map((line) => JSON.parse(line) as Line) };
}

describe('the logger', () => {
  test('writes one JSON object a line, with level, time and message', () => {
    const { logger, text, lines } = collecting();
    logger.warn({ scope: 'x', n: 1 }, 'careful');
    expect(text).toHaveLength(1);
    expect(text[0]?.endsWith('}\n')).toBe(true);
    expect(lines()[0]).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      scope: 'x',
      n: 1,
      msg: 'careful',
    });
  });

  test('keeps to its level', () => {
    const { logger, text } = collecting('info');
    logger.debug('quiet');
    expect(text).toEqual([]);
  });

  test('errors are written with type, message, stack and cause, and nothing else of them', () => {
    const { logger, lines } = collecting();
    const cause = Object.assign(new Error('ECONNREFUSED'), {
      code: 'ECONNREFUSED',
      request: { headers: 'x' },
    });
    logger.error({ err: new TypeError('no answer', { cause }) });
    expect(lines()[0]).toMatchObject({
      msg: 'no answer',
      err: {
        type: 'TypeError',
        message: 'no answer',
        stack: expect.any(String),
        cause: { code: 'ECONNREFUSED' },
      },
    });
    expect(JSON.stringify(lines())).not.toContain('headers');
  });

  test.each([
    ['authorization: Bearer abc.def', `authorization: ${REDACTED}`],
    ['GET /api/guard/wait?token=abc&timeoutSec=3', `GET /api/guard/wait?token=${REDACTED}&timeoutSec=3`],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln.', `jwt ${REDACTED}.`],
    [
      `01234567-89ab-7def-8123-456789abcdef.${'A'.repeat(43)} was used`,
      `01234567-89ab-7def-8123-456789abcdef${REDACTED} was used`,
    ],
    [
      'request 01234567-89ab-7def-8123-456789abcdef. Next',
      'request 01234567-89ab-7def-8123-456789abcdef. Next',
    ],
  ])('masks credentials in texts: %s', (text, masked) => {
    expect(redactText(text)).toBe(masked);
  });
});

describe('no secret is ever logged', () => {
  /** Long and strange enough that it stands nowhere by chance. */
  const secret = fc
    .string({
      minLength: 12,
      maxLength: 40,
      unit: fc.constantFrom(...'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_'),
    })
    .map((text) => `s3cr3t${text}`);
  const name = fc.constantFrom(
    'authorization',
    'Authorization',
    'cookie',
    'x-admin-token',
    'token',
    'wait_token',
    'password',
    'clientSecret',
    'params',
    'headers',
    'body',
    'signature',
    'apiKey',
    'SET-COOKIE',
    'callbackUrl',
  );

  test('under any name that is one, at any depth', () => {
    fc.assert(
      fc.property(
        secret,
        name,
        fc.array(fc.string(), { maxLength: 4 }),
        fc.boolean(),
        (hidden, key, path, asBinding) => {
          const { logger, text } = collecting();
          const deep = path.reduce<unknown>((inner, step) => ({ [step]: [inner] }), {
            [key]: { any: hidden },
          });
          if (asBinding) logger.child({ facts: deep }).info('said');
          else logger.info({ facts: deep }, 'said');
          expect(text).toHaveLength(1);
          expect(text.join('')).not.toContain(hidden);
        },
      ),
    );
  });

  test('in messages and errors, as a bearer token or a query parameter', () => {
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom('Bearer ', 'https://host/x?a=1&token=', 'Basic '),
        (hidden, before) => {
          const { logger, text } = collecting();
          logger.info(`failed: ${before}${hidden}`);
          logger.error({ err: new Error(`failed: ${before}${hidden}`) });
          logger.error(new Error(`failed: ${before}${hidden}`));
          logger.info({ any: { place: `${before}${hidden}` } }, 'x %s', `${before}${hidden}`);
          expect(text).toHaveLength(4);
          expect(text.join('')).not.toContain(hidden);
        },
      ),
    );
  });

  test('on the whole way of a request: parameters, headers, query, justification, notes', async () => {
    const world = await openWorld({
      mount: (app, ledger) => {
        app.post('/ask', express.json(), async (req, res) => {
          const answer = await ledger.request(req.body, as(ci));
          if (!answer.ok) throw new Error(answer.refusal.detail);
          res.json({ id: answer.approval.request.requestId });
        });
      },
    });
    try {
      await fc.assert(
        fc.asyncProperty(secret, async (hidden) => {
          const headers = {
            'content-type': 'application/json',
            authorization: `Bearer ${hidden}`,
            cookie: `session=${hidden}`,
            'x-admin-token': hidden,
          };
          const params = { password: hidden, size: 1, nested: { [hidden]: hidden } };
          const body = JSON.stringify({
            action: 'secret',
            params,
            justification: hidden,
            state: hidden,
            channel: 'guard',
          });
          const asked = await fetch(`${world.url}/ask?token=${hidden}`, { method: 'POST', headers, body });
          const { id } = (await asked.json()) as { id: string };
          await fetch(`${world.url}/api/guard/wait?token=${hidden}`, { headers });
          await world.ledger.execute(
            { type: 'Decide', requestId: id, status: 'approved', note: hidden, overrides: { size: hidden } },
            as(human('bob')),
          );
          await world.ledger.execute(
            { type: 'Decide', requestId: id, status: 'denied', note: hidden },
            as(human('mallory')),
          );
          expect(world.log.join('')).toContain(id);
          expect(world.log.join('')).not.toContain(hidden);
        }),
        { numRuns: 15 },
      );
    } finally {
      await world.close();
    }
  });
});

describe('lifecycle lines', () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(() => world.close());
  const lines = (id: string) =>
    world.log.map((line) => JSON.parse(line) as Line).filter(({ requestId }) => requestId === id);
  const scopes = (id: string) => lines(id).map(({ scope }) => scope);

  test('one for each step, under the scope that operators search for', async () => {
    const { id } = await world.ask('guarded');
    await world.decide(id, 'mallory');
    await world.acknowledge(id, 'carol');
    await world.decide(id, 'bob');
    expect(scopes(id)).toEqual([
      'guard.request.created',
      'unauthorized_attempt',
      'approval.persona_acknowledged',
      'approval.granted',
      'approval.stage_completed',
      'approval.decided',
    ]);
    expect(lines(id).at(-1)).toMatchObject({
      level: 'info',
      outcome: 'approved',
      by: 'bob',
      how: 'votes',
      action: 'guarded',
      tenant: 'default',
    });
    expect(lines(id)[1]).toMatchObject({ level: 'warn', command: 'Decide', rule: 'not_on_slate' });
  });

  test('requests of the gate, denials, cancelling, expiry', async () => {
    const gate = await world.ask('solo', {}, { channel: 'gate' });
    await world.decide(gate.id, 'bob', 'denied');
    expect(scopes(gate.id)).toEqual([
      'pj.execute.approval_created',
      'approval.denial_given',
      'approval.decided',
    ]);
    const taken = await world.ask('solo');
    await world.ledger.execute({ type: 'CancelRequest', requestId: taken.id }, as(ci));
    expect(lines(taken.id).at(-1)).toMatchObject({ scope: 'approval.decided', outcome: 'cancelled' });
    const brief = await world.ask('brief');
    await until(async () => {
      const answer = await world.ledger.tick({ type: 'ExpireRequest', requestId: brief.id });
      return answer.ok && answer.approval.decision !== null;
    }, 'expiry');
    expect(scopes(brief.id)).toEqual(['guard.request.created', 'request_expired']);
  });

  test('policies that come into force', () => {
    const activated = world.log
      .map((line) => JSON.parse(line) as Line)
      .filter(({ scope }) => scope === 'policy_reloaded');
    expect(activated).toEqual([
      expect.objectContaining({ source: 'start', own: true, policyHash: expect.stringMatching(/^sha256:/) }),
    ]);
  });

  test('what goes wrong behind the scenes is an error', () => {
    const { logger, lines: written } = collecting();
    lifecycleLog(logger).failed?.({ what: 'following the policy', error: new Error('gone') });
    expect(written()[0]).toMatchObject({
      level: 'error',
      scope: 'ledger.failed',
      what: 'following the policy',
      err: { message: 'gone' },
    });
  });
});

describe('request lines', () => {
  test('carry the correlation id that every line on the way has, the route, and no path', async () => {
    const world = await openWorld({
      mount: (app, ledger) => {
        app.post('/approve/:id', async (req, res) => {
          await ledger.execute(
            { type: 'Decide', requestId: req.params.id, status: 'approved' },
            { ...as(human('bob')), correlationId: String(req.headers['x-correlation-id']) },
          );
          res.status(204).end();
        });
        app.get('/broken', () => {
          throw new Error('on purpose');
        });
      },
    });
    const { id } = await world.ask('solo');
    const headers = { 'x-correlation-id': 'build-4711' };
    await fetch(`${world.url}/approve/${id}?token=x`, { method: 'POST', headers });
    await fetch(`${world.url}/broken`, { headers });
    const lines = () =>
      world.log
        .map((line) => JSON.parse(line) as Line)
        .filter(({ correlationId }) => correlationId === 'build-4711');
    await until(
      () => lines().filter(({ scope }) => scope === 'http.request').length === 2,
      'both are logged',
    );
    expect(lines().find(({ scope }) => scope === 'approval.decided')).toMatchObject({ requestId: id });
    const [approve, broken] = lines().filter(({ scope }) => scope === 'http.request');
    expect(approve).toMatchObject({
      level: 'debug',
      method: 'POST',
      route: '/approve/:id',
      status: 204,
      requestId: id,
      ms: expect.any(Number),
    });
    expect(broken).toMatchObject({ level: 'error', route: '/broken', status: 500 });
    await world.close();
  });
});

test('combined signals reach every listener, in order', () => {
  const told: string[] = [];
  const one = { policyActivated: () => void told.push('one') };
  const two = { policyActivated: () => void told.push('two'), processed: () => void told.push('processed') };
  const all = combineSignals(one, {}, two);
  all.policyActivated({ hash: 'sha256:0', source: 'cli', own: true });
  all.processed({ command: 'Decide', seconds: 1 });
  expect(told).toEqual(['one', 'two', 'processed']);
});
