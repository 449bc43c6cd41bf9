import type { JsonObject } from '@countersign/domain';
import type { OperationOf } from '../step/operation.ts';
import { notDone } from '../step/settled.ts';
import { unknown } from '../step/stop.ts';
import type { GitHubClient } from './client.ts';
import type { Repository } from './credentials.ts';
import { BODY, objectOf, REPOSITORY, TITLE } from './input.ts';
import { CLOCKS_APART_MS, marked, markerOf, ON_ITS_WAY_MS } from './marker.ts';

interface OpenIssue extends Repository {
  readonly title: string;
  readonly body?: string;
  readonly labels?: string[];
  readonly assignees?: string[];
  readonly milestone?: number;
}

const PAGE = 100;
const MAX_PAGES = 10;

/** Opens an issue, whose body holds the step's key out of sight. */
export function openIssue(client: GitHubClient): OperationOf<OpenIssue> {
  return {
    schema: objectOf(['owner', 'repo', 'title'], {
      ...REPOSITORY,
      title: TITLE,
      body: BODY,
      labels: { type: 'array', maxItems: 100, items: { type: 'string', minLength: 1, maxLength: 50 } },
      assignees: { type: 'array', maxItems: 10, items: { type: 'string', format: 'owner' } },
      milestone: { type: 'integer', minimum: 1 },
    }),
    dryRun({ input, idempotencyKey }) {
      const { owner, repo, title } = input;
      return {
        summary: `open the issue "${title}" in ${owner}/${repo}`,
        details: { ...input, body: marked(input.body, idempotencyKey) },
      };
    },
    async execute({ input, idempotencyKey, signal }) {
      const { request, doing } = await client.at(input, signal);
      const body = marked(input.body, idempotencyKey);
      const { data } = await doing(request('POST /repos/{owner}/{repo}/issues', { ...input, body }));
      return issueOf(data);
    },
    // Not by the search API, whose index lags behind: what was made a minute ago may not be in it yet.
    async reconcile(call) {
      const { owner, repo } = call.input;
      const { request, asking } = await client.at(call.input, call.signal);
      const marker = markerOf(call.idempotencyKey);
      const from = Date.parse(call.sentFrom) - CLOCKS_APART_MS;
      for (let page = 1; page <= MAX_PAGES; page++) {
        // Newest first, so that one opened meanwhile moves the others to later pages and hides none.
        const { data } = await asking(
          request('GET /repos/{owner}/{repo}/issues', {
            owner,
            repo,
            state: 'all',
            sort: 'created',
            direction: 'desc',
            since: new Date(from).toISOString(),
            per_page: PAGE,
            page,
          }),
        );
        const ours = data.find((issue) => issue.body?.includes(marker));
        if (ours) return { found: 'done', result: issueOf(ours) };
        const oldest = data.at(-1);
        if (data.length < PAGE || !oldest || Date.parse(oldest.created_at) < from) {
          return notDone(call, ON_ITS_WAY_MS, client.now());
        }
      }
      return {
        found: 'cannot_tell',
        why: `it is not among the ${PAGE * MAX_PAGES} newest issues of ${owner}/${repo}, and there are more since it was sent`,
      };
    },
  };
}

function issueOf(data: { number: number; html_url: string }): JsonObject {
  // An answer that was lost on its way reads as an empty one.
  if (typeof data.number !== 'number')
    throw unknown('GitHub accepted the issue, but did not say which it is');
  return { number: data.number, url: data.html_url };
}
