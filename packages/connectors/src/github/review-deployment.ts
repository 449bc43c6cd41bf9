import type { Json } from '@countersign/domain';
import type { OperationOf } from '../step/operation.ts';
import type { GitHubClient, RepositoryRequests } from './client.ts';
import type { Repository } from './credentials.ts';
import { objectOf, REPOSITORY } from './input.ts';
import { marked, markerOf } from './marker.ts';

interface Gate extends Repository {
  readonly runId: string | number;
  readonly environment: string;
}

interface ReviewDeployment extends Gate {
  readonly state: 'approved' | 'rejected';
  readonly comment?: string;
}

interface NoteDeployment extends Gate {
  readonly comment: string;
}

const GATE: Readonly<Record<string, Json>> = {
  ...REPOSITORY,
  runId: { type: ['string', 'integer'], format: 'run-id', minimum: 1 },
  environment: { type: 'string', minLength: 1, maxLength: 255 },
};
/** GitHub takes 1,024 characters; the marker needs its place. */
const COMMENT: Json = { type: 'string', minLength: 1, maxLength: 850, format: 'unmarked' };

const ROUTE = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule';

/** Lets a deployment that waits for our protection rule pass, or stops it. Needs an App whose rule it is. */
export function reviewDeployment(client: GitHubClient): OperationOf<ReviewDeployment> {
  return {
    schema: objectOf(['owner', 'repo', 'runId', 'environment', 'state'], {
      ...GATE,
      state: { enum: ['approved', 'rejected'] },
      comment: COMMENT,
    }),
    dryRun({ input, idempotencyKey }) {
      const { owner, repo, runId, environment, state } = input;
      const verb = state === 'approved' ? 'approve' : 'reject';
      return {
        summary: `${verb} the deployment of run ${runId} of ${owner}/${repo} to ${environment}`,
        details: { ...input, comment: marked(input.comment, idempotencyKey) },
      };
    },
    async execute({ input, idempotencyKey, signal }) {
      const { owner, repo, environment, state, comment } = input;
      const run_id = Number(input.runId);
      const { request, doing } = await client.at(input, signal);
      await doing(
        request(ROUTE, {
          owner,
          repo,
          run_id,
          environment_name: environment,
          state,
          comment: marked(comment, idempotencyKey),
        }),
      );
      return { runId: run_id, environment, state };
    },
    async reconcile(call) {
      const { owner, repo, environment, state } = call.input;
      const run_id = Number(call.input.runId);
      const at = await client.at(call.input, call.signal);
      if (await isInLog(at, call)) return { found: 'done', result: { runId: run_id, environment, state } };
      const where = { owner, repo, run_id };
      const { data: run } = await at.asking(
        at.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}', where),
      );
      const { data: waiting } = await at.asking(
        at.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments', where),
      );
      const waits = waiting.some((pending) => pending.environment.name === environment);
      const again = Date.parse(run.run_started_at ?? run.created_at) > Date.parse(call.sentFrom);
      // To say the same of the same gate twice changes nothing; but a run started anew has another gate there.
      if (waits && !again) return { found: 'not_done' };
      return {
        found: 'cannot_tell',
        why: `run ${run_id} ${again ? 'was started anew since' : `waits no more for ${environment}`}, and its reviews don't show this one`,
      };
    },
  };
}

/** Says something of a deployment that waits for our protection rule; GitHub takes ten such notes. */
export function noteDeployment(client: GitHubClient): OperationOf<NoteDeployment> {
  return {
    schema: objectOf(['owner', 'repo', 'runId', 'environment', 'comment'], { ...GATE, comment: COMMENT }),
    dryRun: ({ input, idempotencyKey }) => ({
      summary: `note on the deployment of run ${input.runId} of ${input.owner}/${input.repo} to ${input.environment}`,
      details: { ...input, comment: marked(input.comment, idempotencyKey) },
    }),
    async execute({ input, idempotencyKey, signal }) {
      const { owner, repo, environment, comment } = input;
      const run_id = Number(input.runId);
      const { request, doing } = await client.at(input, signal);
      await doing(
        request(ROUTE, {
          owner,
          repo,
          run_id,
          environment_name: environment,
          comment: marked(comment, idempotencyKey),
        }),
      );
      return { runId: run_id, environment };
    },
    async reconcile(call) {
      const { runId, environment } = call.input;
      if (await isInLog(await client.at(call.input, call.signal), call)) {
        return { found: 'done', result: { runId: Number(runId), environment } };
      }
      return { found: 'cannot_tell', why: `the reviews of run ${runId} don't show the note` };
    },
  };
}

/** Whether the run's log of reviews, which holds notes too, shows the step's marker. */
async function isInLog(
  { request, asking }: RepositoryRequests,
  { input, idempotencyKey }: { input: Gate; idempotencyKey: string },
): Promise<boolean> {
  const { owner, repo, runId } = input;
  const { data } = await asking(
    request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals', {
      owner,
      repo,
      run_id: Number(runId),
    }),
  );
  const marker = markerOf(idempotencyKey);
  return data.some(({ comment }) => comment.includes(marker));
}
