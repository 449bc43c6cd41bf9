import {
  type Approval,
  type ApprovalCommand,
  type ApprovalEvent,
  type Caller,
  decide,
  evolve,
  fold,
  type Json,
  paramsHashOf,
  personId,
  type Slate,
} from '@countersign/domain';
import fc from 'fast-check';
import type { Happened, Picture } from '../../../src/render/types.ts';
import { anyPerson, anySlate, slackIdOf } from './slates.ts';
import { anyJson, anyParams, nastyText, shortText } from './words.ts';

/** Requests as anybody could make them, at any moment of their lives, moved by the decider itself. */

export const T0 = '2026-01-01T10:00:00.000Z';
export const REQUEST = '019b0000-0000-7000-8000-000000000001';
export function at(seconds: number): string {
  return new Date(Date.parse(T0) + seconds * 1000).toISOString();
}

const anyRequested: fc.Arbitrary<ApprovalEvent> = fc
  .record({
    slate: anySlate,
    params: anyParams,
    action: fc.constantFrom('deploy.production', ':x:.*_~', 'a'.repeat(200), 'db:migrate:all'),
    by: anyPerson,
    owner: fc.option(anyPerson, { nil: undefined }),
    onBehalfOf: fc.option(anyPerson, { nil: undefined }),
    justification: fc.option(nastyText, { nil: undefined }),
    previousRequestId: fc.option(fc.uuid(), { nil: undefined }),
    notify: fc.array(fc.oneof(anyPerson, fc.constantFrom('#sre', '#<!channel>'), shortText), {
      maxLength: 30,
    }),
  })
  .map(({ by, notify, params, ...more }) => ({
    type: 'ApprovalRequested' as const,
    data: {
      ...(Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)) as typeof more),
      requestId: REQUEST,
      tenant: 'default',
      at: T0,
      by: { sub: personId('default', by), kind: 'human', via: 'api' },
      policyKey: 'deploy.*',
      policyHash: `sha256:${'5'.repeat(64)}`,
      params,
      paramsHash: paramsHashOf(params),
      channel: 'guard',
      rootRequestId: REQUEST,
      expiresAt: at(3600),
      escalations: [
        { rung: 0, at: at(1000), notify },
        { rung: 1, at: at(3000), notify: [] },
      ],
    } as never,
  }));

/** Made of dice, because who may do what depends on the slate. */
interface Dice {
  readonly kind: number;
  readonly who: string;
  readonly pick: number;
  readonly words: string | undefined;
  readonly value: Json;
}
const anyDice: fc.Arbitrary<Dice> = fc.record({
  kind: fc.nat(99),
  who: anyPerson,
  pick: fc.nat(40),
  words: fc.option(nastyText, { nil: undefined }),
  value: anyJson,
});

export interface Life {
  readonly approval: Approval;
  readonly happened: readonly Happened[];
}

const anyLife: fc.Arbitrary<Life> = fc
  .tuple(anyRequested, fc.array(anyDice, { maxLength: 40, size: 'max' }), fc.boolean())
  .map(([requested, dice, isAcknowledged]) => {
    let state = fold([requested]) as Approval;
    const events = [requested];
    const take = (command: ApprovalCommand) => {
      for (const event of decide(command, state).events) {
        events.push(event);
        state = evolve(state, event) as Approval;
      }
    };
    if (isAcknowledged) for (const command of acknowledgements(state)) take(command);
    for (const [index, one] of dice.entries()) take(commandOf(one, state, 10 + index * 85));
    return { approval: state, happened: events.map((event, revision) => ({ event, revision })) };
  });

function acknowledgements({ request }: Approval): ApprovalCommand[] {
  return request.slate.personas.map(({ name: persona, from }) => ({
    type: 'AcknowledgePersona',
    requestId: REQUEST,
    now: at(5),
    persona,
    caller: callerOf(from.users[0] ?? from.groups[0]?.members[0] ?? 'alice', request.slate, from.claims),
  }));
}

export function callerOf(who: string, slate: Slate, claims: readonly string[] = []): Caller {
  const sources = [...slate.personas, ...slate.stages.flatMap((stage) => stage.require)].map(
    ({ from }) => from,
  );
  const sub = who.startsWith('default/') ? who.slice('default/'.length) : who;
  return {
    via: (['slack', 'cli', 'api'] as const)[who.length % 3] ?? 'slack',
    principal: { sub, tenant: 'default', kind: 'human', roles: ['approver', 'admin'], groups: [...claims] },
    authority: {
      groups: sources.flatMap((source) => source.groups.map((group) => group.name)),
      superApprover: slate.superApprovers.includes(who),
    },
  };
}

function commandOf(dice: Dice, state: Approval, seconds: number): ApprovalCommand {
  const { kind, pick, words, value } = dice;
  const { slate } = state.request;
  const claims = slate.stages[state.stage]?.require[0]?.from.claims ?? [];
  const to = { requestId: REQUEST, now: at(seconds) };
  const by = { ...to, caller: callerOf(whoOf(dice, state), slate, kind % 2 === 0 ? claims : []) };
  const note = words === undefined ? {} : { note: words };
  const persona = slate.personas[pick % Math.max(1, slate.personas.length)]?.name ?? 'none';
  const stage = slate.stages[state.stage]?.name ?? '';
  const overrideLimits = { maxKeys: 5, maxChars: 20_000 };
  if (kind < 45) return { type: 'Decide', status: 'approved', ...by, ...note, stage, overrideLimits };
  if (kind < 50) return { type: 'Decide', status: 'denied', ...by, ...note, overrideLimits };
  if (kind < 68) {
    const keys = slate.overrides?.keys ?? [];
    const overrides = { [keys[pick % Math.max(1, keys.length)] ?? 'service']: value };
    return { type: 'Decide', status: 'approved', ...by, stage, overrides, overrideLimits };
  }
  if (kind < 80) return { type: 'AcknowledgePersona', ...by, persona };
  if (kind < 84) return { type: 'WithdrawAcknowledgement', ...by, persona };
  if (kind < 90) return { type: 'EscalateRequest', ...to, rung: pick % 2 };
  if (kind < 92) return { type: 'CancelRequest', ...by, ...(words !== undefined && { reason: words }) };
  if (kind < 95) {
    return { type: 'InvokeBreakGlass', ...by, status: 'approved', reason: words ?? 'because it has to be' };
  }
  if (kind < 99) return { type: 'ReviewBreakGlass', ...by, ...note };
  return { type: 'ExpireRequest', ...to, now: at(3600 + seconds) };
}

/** Mostly somebody who may do it, or nothing would ever happen. */
function whoOf({ kind, who, pick }: Dice, { request, stage, breakGlass }: Approval): string {
  const { slate } = request;
  const asked = slate.stages[stage]?.require.map(({ from }) => from) ?? [];
  const sources = kind < 68 ? asked : slate.personas.map(({ from }) => from);
  const listed = sources.flatMap((from) => [...from.users, ...from.groups.flatMap((group) => group.members)]);
  if (pick % 4 === 0) return who;
  if (kind >= 92) return slate.superApprovers.find((one) => one !== breakGlass?.by) ?? who;
  return kind >= 90 ? request.by.sub : (listed[pick % Math.max(1, listed.length)] ?? who);
}

export interface Scene {
  readonly picture: Picture;
  readonly happened: readonly Happened[];
  readonly permalink: string | undefined;
}

const anyUrl = fc.constantFrom(
  undefined,
  'https://console.example',
  'https://console.example/base/?a=1&b=<x>|y>',
  'javascript:alert(1)',
  '|> <!channel>',
  `https://console.example/${'p'.repeat(2000)}`,
);

export const anyScene: fc.Arbitrary<Scene> = fc
  .record({
    life: anyLife,
    later: fc.constantFrom(0, 1, 500, 4000),
    description: fc.option(nastyText, { nil: undefined }),
    consoleUrl: anyUrl,
    permalink: anyUrl,
  })
  .map(({ life, later, description, consoleUrl, permalink }) => ({
    picture: {
      approval: life.approval,
      revision: life.happened.length - 1,
      now: new Date(Date.parse(life.approval.updatedAt) + later * 1000).toISOString(),
      description,
      slackIdOf,
      consoleUrl,
    },
    happened: life.happened,
    permalink,
  }));
