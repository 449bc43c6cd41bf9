import type { InputFault, JsonObject, Reconciled } from '@countersign/domain';
import { plainKey } from '../step/key.ts';
import type { OperationOf } from '../step/operation.ts';
import { notDone } from '../step/settled.ts';
import type { GitHubClient } from './client.ts';
import type { Repository } from './credentials.ts';
import { objectOf, REF, REPOSITORY } from './input.ts';
import { CLOCKS_APART_MS } from './marker.ts';

interface DispatchWorkflow extends Repository {
  /** File name or id. */
  readonly workflow: string | number;
  readonly ref: string;
  readonly inputs?: Readonly<Record<string, string | number | boolean>>;
  /** The workflow's input that takes the step's key, which its `run-name` then shows. */
  readonly keyInput?: string;
}

const PAGE = 100;
/** GitHub lists no more than 1,000 runs of a filter. */
const MAX_PAGES = 10;
/** A run is made after the answer, and may be late. */
const RUN_ON_ITS_WAY_MS = 5 * 60_000;
const MARK = 'countersign:';

/** @param asksForRun whether GitHub is asked which run it starts */
export function dispatchWorkflow(client: GitHubClient, asksForRun: boolean): OperationOf<DispatchWorkflow> {
  return {
    schema: objectOf(['owner', 'repo', 'workflow', 'ref'], {
      ...REPOSITORY,
      workflow: { type: ['string', 'integer'], format: 'workflow', minimum: 1 },
      ref: REF,
      inputs: {
        type: 'object',
        maxProperties: 25,
        propertyNames: { format: 'input-name' },
        additionalProperties: { type: ['string', 'number', 'boolean'], maxLength: 65_535 },
      },
      keyInput: { type: 'string', format: 'input-name' },
    }),
    faults: inputFaults,
    dryRun({ input, idempotencyKey }) {
      const { owner, repo, workflow, ref } = input;
      return {
        summary: `start the workflow ${workflow} of ${owner}/${repo} at ${ref}`,
        details: { owner, repo, workflow, ref, inputs: inputsOf(input, idempotencyKey) },
      };
    },
    async execute({ input, idempotencyKey, signal }) {
      const { owner, repo, workflow, ref } = input;
      const { request, doing } = await client.at(input, signal);
      const { data } = await doing(
        request('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
          owner,
          repo,
          workflow_id: workflow,
          ref,
          inputs: inputsOf(input, idempotencyKey),
          ...(asksForRun ? { return_run_details: true } : {}),
        }),
      );
      // Whoever doesn't say which run it is has accepted it all the same.
      const run = data as Partial<typeof data> | undefined;
      if (typeof run?.workflow_run_id !== 'number') return { workflow, ref };
      return { workflow, ref, runId: run.workflow_run_id, url: run.html_url ?? '' };
    },
    async reconcile(call): Promise<Reconciled> {
      const { owner, repo, workflow, keyInput } = call.input;
      const { request, asking } = await client.at(call.input, call.signal);
      // Not followed by more of a key: another step's may begin with this one's.
      const mark = new RegExp(`${markOf(call.idempotencyKey)}(?![A-Za-z0-9_:-])`);
      const from = new Date(Date.parse(call.sentFrom) - CLOCKS_APART_MS).toISOString();
      const unmarked: string[] = [];
      for (let page = 1; page <= MAX_PAGES; page++) {
        const { data } = await asking(
          request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', {
            owner,
            repo,
            workflow_id: workflow,
            event: 'workflow_dispatch',
            created: `>=${from}`,
            per_page: PAGE,
            page,
          }),
        );
        for (const { id, display_title, html_url } of data.workflow_runs) {
          if (mark.test(display_title)) {
            return {
              found: 'done',
              result: { workflow, ref: call.input.ref, runId: Number(id), url: html_url },
            };
          }
          if (!display_title.includes(MARK)) unmarked.push(html_url);
        }
        if (data.workflow_runs.length < PAGE) return judged(unmarked);
      }
      return {
        found: 'cannot_tell',
        why: `more than ${PAGE * MAX_PAGES} runs were started since it was sent`,
      };

      function judged(candidates: readonly string[]): Reconciled {
        if (keyInput !== undefined && candidates.length === 0) {
          return notDone(call, RUN_ON_ITS_WAY_MS, client.now());
        }
        const runs =
          candidates.length === 0
            ? 'none is listed'
            : `it may be one of ${candidates.slice(0, 5).join(', ')}`;
        return {
          found: 'cannot_tell',
          why: `no run of ${workflow} since then shows the step's key in its name (keyInput, run-name); ${runs}`,
        };
      }
    },
  };
}

function markOf(idempotencyKey: string): string {
  return `${MARK}${plainKey(idempotencyKey)}`;
}

function inputsOf({ inputs, keyInput }: DispatchWorkflow, idempotencyKey: string): JsonObject {
  return { ...inputs, ...(keyInput === undefined ? {} : { [keyInput]: markOf(idempotencyKey) }) };
}

function inputFaults({ inputs, keyInput }: DispatchWorkflow): InputFault[] {
  if (inputs === undefined || keyInput === undefined || typeof inputs !== 'object') return [];
  if (Object.hasOwn(inputs, keyInput)) {
    return [
      {
        pointer: `/inputs/${keyInput}`,
        detail: 'is the input named by "keyInput", which takes the step\'s key',
      },
    ];
  }
  const full = Object.keys(inputs).length >= 25;
  return full ? [{ pointer: '/inputs', detail: 'must leave one of the 25 inputs to "keyInput"' }] : [];
}
