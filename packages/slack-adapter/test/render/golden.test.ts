import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { modals, rendering } from '../../src/render/index.ts';
import {
  acknowledges,
  approves,
  ask,
  denies,
  does,
  escalates,
  expires,
  given,
  group,
  picture,
  slate,
  users,
} from './given.ts';

/**
 * What people see in the main states, to be read and compared as a whole. `UPDATE_GOLDEN=true` writes the files
 * anew; what they then hold has to be looked at.
 */
const FOLDER = fileURLToPath(new URL('./golden/', import.meta.url));

const migration = ask({
  action: 'db.migrate',
  justification: 'Ticket OPS-42: add the <index>',
  onBehalfOf: 'olga',
  owner: 'gina',
  previousRequestId: '019b0000-0000-7000-8000-000000000000',
  slate: slate({
    personas: [
      { name: 'on-call', from: group('sre') },
      { name: 'legal', from: users('dan') },
    ],
    stages: [
      {
        name: 'peers',
        require: [
          { from: group('sre'), min: 2 },
          { from: group('security'), min: 1 },
        ],
      },
      { name: 'owner', require: [{ from: users('alice'), min: 1 }] },
    ],
    overrides: {
      keys: ['batchSize', 'window', 'connection'],
      nonMaterial: ['window'],
      schema: {
        type: 'object',
        properties: {
          batchSize: { type: 'integer', minimum: 1, maximum: 10_000, title: 'Batch size' },
          window: { type: 'string', description: 'When it may run.' },
        },
      },
    },
  }),
});
const opened = [migration, acknowledges('bob', 'on-call'), acknowledges('dan', 'legal')];
const consoleUrl = 'https://countersign.example';
const deployed = [ask(), approves('bob', { note: 'looks fine' }), approves('carol')];
const forced = [
  ask(),
  does('alice', { type: 'InvokeBreakGlass', status: 'approved', reason: 'the shop is down' }),
];
const permalink = 'https://example.slack.com/archives/C0DEPLOYS/p1767261600000100';
const eventful = given([
  ...opened,
  approves('carol', { note: 'go' }),
  approves('bob', { overrides: { batchSize: 20 } }),
  escalates,
]);

const DRAWN: Readonly<Record<string, () => unknown>> = {
  'message.awaiting-personas': () => rendering.message(picture([migration, acknowledges('bob', 'on-call')])),
  'message.pending': () => rendering.message(picture([...opened, approves('bob')], { consoleUrl })),
  'message.approved': () => rendering.message(picture(deployed)),
  'message.denied': () => rendering.message(picture([ask(), denies('bob', 'not before Monday')])),
  'message.expired': () => rendering.message(picture([ask(), approves('bob'), expires])),
  'message.break-glass': () => rendering.message(picture(forced)),
  'reply.several-steps': () => rendering.reply(eventful.picture, eventful.happened),
  'direct.approved': () => rendering.outcome(picture(deployed), permalink),
  'direct.break-glass': () => rendering.brokenGlass(picture(forced), permalink),
  'notice.escalation': () => rendering.escalation(picture([ask(), approves('bob'), escalates]), 0, permalink),
  'modal.edit': () => modals.edit(picture(opened)),
};

describe('what people see', () => {
  test.each(Object.keys(DRAWN))('%s', (name) => {
    const drawn = `${JSON.stringify(DRAWN[name]?.(), null, 2)}\n`;
    if (process.env.UPDATE_GOLDEN === 'true') writeFileSync(`${FOLDER}${name}.json`, drawn);
    expect(drawn).toBe(readFileSync(`${FOLDER}${name}.json`, 'utf8'));
  });

  test('no file is left of what is drawn no more', () => {
    const files = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));
    expect(files.toSorted()).toEqual(Object.keys(DRAWN).toSorted());
  });
});
