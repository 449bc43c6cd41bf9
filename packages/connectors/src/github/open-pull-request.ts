import type { InputFault, JsonObject } from '@countersign/domain';
import type { OperationOf } from '../step/operation.ts';
import { notDone } from '../step/settled.ts';
import { failed, unknown } from '../step/stop.ts';
import { FILES, type FileChange, fileFaults, pushBranch } from './branch.ts';
import type { GitHubClient, RepositoryRequests } from './client.ts';
import type { Repository } from './credentials.ts';
import { BODY, objectOf, REF, REPOSITORY, TITLE } from './input.ts';
import { branchOf, marked, ON_ITS_WAY_MS } from './marker.ts';

interface OpenPullRequest extends Repository {
  readonly title: string;
  readonly body?: string;
  /** The repository's default branch when absent. */
  readonly base?: string;
  /** Of the commit; the title when absent. */
  readonly message?: string;
  readonly draft?: boolean;
  readonly files: readonly FileChange[];
}

/**
 * Commits files to a branch that belongs to the step, and opens a pull request for it. Every part is looked for before
 * it is made, so that a try goes on where the last one stopped: only the pull request itself counts as the effect.
 */
export function openPullRequest(client: GitHubClient): OperationOf<OpenPullRequest> {
  return {
    schema: objectOf(['owner', 'repo', 'title', 'files'], {
      ...REPOSITORY,
      title: TITLE,
      body: BODY,
      base: REF,
      message: { type: 'string', minLength: 1, maxLength: 10_000 },
      draft: { type: 'boolean' },
      files: FILES,
    }),
    faults: ({ files }): InputFault[] => fileFaults(files),
    dryRun({ input, idempotencyKey }) {
      const { owner, repo, title, base = 'the default branch', files } = input;
      return {
        summary: `open the pull request "${title}" with ${files.length} changed files against ${base} of ${owner}/${repo}`,
        details: {
          owner,
          repo,
          title,
          base,
          branch: branchOf(idempotencyKey),
          body: marked(input.body, idempotencyKey),
          message: input.message ?? title,
          draft: input.draft ?? false,
          files: files.map(({ path, delete: deleted }) => ({ path, change: deleted ? 'delete' : 'write' })),
        },
      };
    },
    async execute({ input, idempotencyKey, signal }) {
      const at = await client.at(input, signal);
      const { repository, head } = await headOf(at, input, idempotencyKey);
      const there = await pullRequestOf(at, repository, head);
      if (there) return there;
      const base = input.base ?? repository.defaultBranch;
      await pushBranch(at, repository, {
        branch: head,
        base,
        message: input.message ?? input.title,
        files: input.files,
        idempotencyKey,
      });
      const { data } = await at.doing(
        at.request('POST /repos/{owner}/{repo}/pulls', {
          owner: repository.owner,
          repo: repository.repo,
          title: input.title,
          body: marked(input.body, idempotencyKey),
          base,
          head,
          draft: input.draft ?? false,
        }),
      );
      return resultOf(data);
    },
    async reconcile(call) {
      const at = await client.at(call.input, call.signal);
      const { repository, head } = await headOf(at, call.input, call.idempotencyKey);
      const there = await pullRequestOf(at, repository, head);
      return there ? { found: 'done', result: there } : notDone(call, ON_ITS_WAY_MS, client.now());
    },
  };
}

interface KnownRepository extends Repository {
  readonly defaultBranch: string;
}

/** The repository under its own name, which the filter for heads compares with, and the step's branch in it. */
async function headOf({ request, asking }: RepositoryRequests, { owner, repo }: Repository, key: string) {
  const { data } = await asking(request('GET /repos/{owner}/{repo}', { owner, repo }));
  if (!data.owner?.login || !data.default_branch) throw failed('GitHub did not say what the repository is');
  const repository: KnownRepository = {
    owner: data.owner.login,
    repo: data.name,
    defaultBranch: data.default_branch,
  };
  return { repository, head: branchOf(key) };
}

/** The pull request of the step's branch, open or not. */
async function pullRequestOf(
  { request, asking }: RepositoryRequests,
  { owner, repo }: Repository,
  branch: string,
): Promise<JsonObject | undefined> {
  const { data } = await asking(
    request('GET /repos/{owner}/{repo}/pulls', { owner, repo, state: 'all', head: `${owner}:${branch}` }),
  );
  const ours = data.find(({ head }) => head.ref === branch);
  return ours && resultOf(ours);
}

function resultOf(data: {
  number: number;
  html_url: string;
  head: { ref: string; sha: string };
}): JsonObject {
  if (typeof data.number !== 'number')
    throw unknown('GitHub accepted the pull request, but did not say which it is');
  return { number: data.number, url: data.html_url, branch: data.head.ref, commit: data.head.sha };
}
