import { type Api, expectStatus } from '../harness/http.ts';
import type { Claims } from '../harness/tokens.ts';
import type { Move, Story, Submission } from './mapping.ts';
import { actionOf, deciderOf, employeeOf } from './people.ts';

export interface DriveOptions {
  readonly api: Api;
  readonly mint: (claims: Claims) => Promise<string>;
  /** Tells this run's requests from those of other runs on the same ledger. */
  readonly run: string;
  /** Declarations under way at once. */
  readonly concurrency: number;
  readonly onProgress?: (declarations: number) => void;
}

export type CommandKind = 'request' | Move['kind'];

export interface Driven {
  readonly seconds: number;
  /** Milliseconds from sending a command to its whole answer. */
  readonly samples: Readonly<Record<CommandKind, readonly number[]>>;
  /** The newest position that each of the concurrent chains saw: together they are all that was written. */
  readonly positions: readonly string[];
  /** Answers that were not as the log says they must be; the declaration's later commands were not sent. */
  readonly failures: readonly { readonly declaration: string; readonly why: string }[];
}

/** Sends every declaration's commands: in order within one, as many declarations at once as wanted. */
export async function drive(stories: readonly Story[], options: DriveOptions): Promise<Driven> {
  const samples: Record<CommandKind, number[]> = { request: [], approve: [], reject: [], cancel: [] };
  const failures: { declaration: string; why: string }[] = [];
  const positions: string[] = [];
  const queue = stories.values();
  let finished = 0;

  async function work(): Promise<void> {
    let newest: string | undefined;
    for (const story of queue) {
      try {
        newest = (await tell(story, options, samples)) ?? newest;
      } catch (error) {
        failures.push({ declaration: story.declaration, why: (error as Error).message });
      }
      options.onProgress?.(++finished);
    }
    if (newest !== undefined) positions.push(newest);
  }

  const began = performance.now();
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return { seconds: (performance.now() - began) / 1000, samples, positions, failures };
}

/** @returns position of its last event; undefined when it asks for nothing */
async function tell(
  story: Story,
  options: DriveOptions,
  samples: Record<CommandKind, number[]>,
): Promise<string | undefined> {
  let previous: string | undefined;
  let position: string | undefined;
  for (const [index, submission] of story.submissions.entries()) {
    const place = { declaration: story.declaration, submission: index + 1 };
    const asked = await ask(options, submission, place, previous);
    samples.request.push(asked.milliseconds);
    previous = asked.requestId;
    for (const [at, move] of submission.moves.entries()) {
      const isLast = at === submission.moves.length - 1;
      const made = await make(options, move, place, asked, isLast ? submission.outcome : 'pending');
      samples[move.kind].push(made.milliseconds);
      position = made.position;
    }
  }
  return position;
}

interface Place {
  readonly declaration: string;
  /** 1-based. */
  readonly submission: number;
}

async function ask(
  { api, mint, run }: DriveOptions,
  submission: Submission,
  { declaration, submission: number }: Place,
  previousRequestId: string | undefined,
) {
  const employee = employeeOf(declaration);
  const reply = await api.send({
    method: 'POST',
    path: '/api/guard/request',
    token: await mint({ sub: employee, roles: ['requester'] }),
    idempotencyKey: `${run}/${declaration}/${number}`,
    body: {
      action: actionOf(submission),
      params: { run, declaration, submission: number },
      justification: `Travel expenses of ${declaration}`,
      ...(previousRequestId !== undefined && { previousRequestId }),
    },
  });
  expectStatus(reply, [201, 200], `submission ${number}`);
  const { requestId, paramsHash, status } = reply.body;
  if (status !== 'pending') throw new Error(`submission ${number} began as ${status}, not as pending`);
  return { requestId, paramsHash, milliseconds: reply.milliseconds } as {
    requestId: string;
    paramsHash: string;
    milliseconds: number;
  };
}

async function make(
  { api, mint }: DriveOptions,
  move: Move,
  { declaration, submission }: Place,
  { requestId, paramsHash }: { requestId: string; paramsHash: string },
  after: string,
) {
  const path = `/api/approvals/${requestId}/${move.kind === 'cancel' ? 'cancel' : 'decide'}`;
  const reply = await api.send(
    move.kind === 'cancel'
      ? {
          method: 'POST',
          path,
          token: await mint({ sub: employeeOf(declaration), roles: ['requester'] }),
          body: {},
        }
      : {
          method: 'POST',
          path,
          token: await mint({ sub: deciderOf(move.stage, declaration, submission), roles: ['approver'] }),
          body: { status: move.kind === 'approve' ? 'approved' : 'rejected', stage: move.stage, paramsHash },
        },
  );
  const what = `submission ${submission}, ${move.kind}`;
  expectStatus(reply, [200], what);
  const { approval_status, position, changed } = reply.body.data;
  if (approval_status !== after || changed !== true) {
    throw new Error(`${what}: is ${approval_status} (changed: ${changed}), should be ${after}`);
  }
  return { position: position as string, milliseconds: reply.milliseconds };
}
