import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formOf, sendSigned } from './sent.ts';
import { closeWorlds, openWorld, until } from './world.ts';

closeWorlds();

const TYPES = [
  ...['block_actions', 'view_submission', 'view_closed', 'block_suggestion', 'dialog_submission'],
  ...['shortcut', 'message_action', 'interactive_message', 'event_callback', 'url_verification', 'nothing'],
];
const NAMES = ['approve', 'deny', 'edit', 'acknowledge', 'more', 'parameters', 'cancel', 'break_glass', 'x'];

/** Whatever JSON can hold, and names that JavaScript's objects have by themselves. */
const junk = fc.oneof(
  fc.constantFrom(null, true, 0, 1e300, '', [], {}, [null], [{}], 'constructor', '__proto__', {
    toString: 1,
  }),
  fc.constantFrom('T0SIM', 'U0BOB', 'x'.repeat(50_000)),
  fc.jsonValue({ maxDepth: 2 }),
);
const action = fc.record(
  { type: junk, action_id: fc.constantFrom(...NAMES), block_id: junk, value: junk, selected_options: junk },
  { requiredKeys: ['action_id'] },
);
const call = fc.record(
  {
    type: fc.constantFrom(...TYPES),
    team: fc.oneof(fc.constant({ id: 'T0SIM' }), junk),
    user: fc.oneof(fc.constant({ id: 'U0BOB', team_id: 'T0SIM' }), junk),
    actions: fc.oneof(fc.tuple(action), junk),
    view: fc.oneof(
      fc.record({ callback_id: fc.constantFrom(...NAMES), id: junk, state: junk, blocks: junk }),
      junk,
    ),
    ...{ message: junk, event: junk, container: junk, response_url: junk, trigger_id: junk, channel: junk },
    ...{ callback_id: fc.constantFrom(...NAMES), is_enterprise_install: junk, enterprise: junk },
  },
  { requiredKeys: ['type'] },
);

test('whatever Slack signs is answered at once, and keeps nothing else from being heard', async () => {
  const world = await openWorld();
  const drawn = await world.ask('solo');
  const secret = world.simulator.signingSecret;
  const sampled = fc.sample(fc.tuple(call, fc.boolean()), { numRuns: 300, seed: 7 });
  for (const [number, [payload, isForm]] of sampled.entries()) {
    const numbered = { ...payload, number };
    const began = performance.now();
    const { status } = await sendSigned(world.url, {
      body: isForm ? formOf(numbered) : JSON.stringify(numbered),
      ...{ secret, atSec: Math.floor(world.now() / 1000) },
      headers: isForm ? {} : { 'content-type': 'application/json' },
    });
    expect({ payload, isAnswered: status === 200 || status === 400 }).toEqual({ payload, isAnswered: true });
    // Bolt gives up on a call after three seconds.
    expect(performance.now() - began).toBeLessThan(2500);
  }
  expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
  await world.click('U0BOB', drawn, 'approve');
  await until(async () => (await world.happened(drawn)).includes('RequestApproved'), 'approved');
});
