import type { InputFault, Json } from '@countersign/domain';
import { holdsTemplate, isBase64 } from '../step/input.ts';
import { plainKey } from '../step/key.ts';
import { failed } from '../step/stop.ts';
import type { RepositoryRequests } from './client.ts';
import type { Repository } from './credentials.ts';
import { isNotFound } from './errors.ts';

/** One file as a commit changes it: written with a content, or deleted. */
export interface FileChange {
  readonly path: string;
  readonly content?: string;
  /** Of the content; utf-8 when absent. */
  readonly encoding?: 'utf-8' | 'base64';
  readonly executable?: boolean;
  readonly delete?: boolean;
}

export const FILES: Json = {
  type: 'array',
  minItems: 1,
  maxItems: 100,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    properties: {
      path: { type: 'string', format: 'repository-path' },
      content: { type: 'string', maxLength: 1_000_000 },
      encoding: { enum: ['utf-8', 'base64'] },
      executable: { type: 'boolean' },
      delete: { const: true },
    },
  },
};

/** Each file once, with a content or deleted. */
export function fileFaults(files: readonly FileChange[]): InputFault[] {
  if (!Array.isArray(files)) return [];
  const seen = new Set<string>();
  return (files as readonly FileChange[]).flatMap((file, index) => {
    const faults: InputFault[] = [];
    if (typeof file !== 'object') return faults;
    const { path, content, encoding, delete: deleted } = file;
    if ((content === undefined) !== (deleted === true)) {
      faults.push({ pointer: `/files/${index}`, detail: 'must have either "content" or "delete": true' });
    }
    if (encoding === 'base64' && content !== undefined && !holdsTemplate(content) && !isBase64(content)) {
      faults.push({ pointer: `/files/${index}/content`, detail: 'must be Base64' });
    }
    if (seen.has(path)) faults.push({ pointer: `/files/${index}/path`, detail: 'stands in the list twice' });
    seen.add(path);
    return faults;
  });
}

export interface BranchWish {
  readonly branch: string;
  readonly base: string;
  readonly message: string;
  readonly files: readonly FileChange[];
  readonly idempotencyKey: string;
}

/**
 * Makes sure that the step's branch is there, with its commit. Blobs, trees and commits that an earlier try left behind
 * belong to no branch and are seen by nobody; a branch it made is found and kept.
 */
export async function pushBranch(
  at: RepositoryRequests,
  repository: Repository,
  wish: BranchWish,
): Promise<void> {
  const { owner, repo } = repository;
  const trailer = `Countersign-Key: ${plainKey(wish.idempotencyKey)}`;
  const there = await tipOf(at, repository, wish.branch);
  if (there) {
    if (there.message.includes(trailer)) return;
    throw failed(`the branch ${wish.branch} is there already, and not from this step`);
  }
  const base = await tipOf(at, repository, wish.base);
  if (!base) throw failed(`${owner}/${repo} has no branch ${wish.base} that the credentials may see`);
  const tree = await treeOf(at, repository, base.tree, wish.files);
  if (tree === base.tree)
    throw failed(`${wish.base} has all of these files as they are: nothing would change`);
  const commit = await at.asking(
    at.request('POST /repos/{owner}/{repo}/git/commits', {
      owner,
      repo,
      message: `${wish.message}\n\n${trailer}`,
      tree,
      parents: [base.commit],
    }),
  );
  await at.asking(
    at.request('POST /repos/{owner}/{repo}/git/refs', {
      owner,
      repo,
      ref: `refs/heads/${wish.branch}`,
      sha: commit.data.sha,
    }),
  );
}

interface Tip {
  readonly commit: string;
  readonly tree: string;
  readonly message: string;
}

async function tipOf(
  { request, asking }: RepositoryRequests,
  where: Repository,
  branch: string,
): Promise<Tip | undefined> {
  const { owner, repo } = where;
  const ref = await asking(
    request('GET /repos/{owner}/{repo}/git/ref/{ref}', { owner, repo, ref: `heads/${branch}` }).catch(
      (error: unknown) => (isNotFound(error) ? undefined : Promise.reject(error)),
    ),
  );
  if (!ref) return undefined;
  const commit_sha = ref.data.object.sha;
  const { data } = await asking(
    request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', { owner, repo, commit_sha }),
  );
  return { commit: commit_sha, tree: data.tree.sha, message: data.message };
}

/** The id of the tree with the files changed. */
async function treeOf(
  { request, asking }: RepositoryRequests,
  { owner, repo }: Repository,
  base_tree: string,
  files: readonly FileChange[],
): Promise<string> {
  const tree = [];
  for (const { path, content, encoding, executable, delete: deleted } of files) {
    const entry = {
      path,
      mode: executable ? ('100755' as const) : ('100644' as const),
      type: 'blob' as const,
    };
    if (deleted || content === undefined) {
      tree.push({ ...entry, sha: null });
    } else if (encoding === 'base64') {
      // A tree takes contents as text only.
      const blob = await asking(
        request('POST /repos/{owner}/{repo}/git/blobs', { owner, repo, content, encoding }),
      );
      tree.push({ ...entry, sha: blob.data.sha });
    } else {
      tree.push({ ...entry, content });
    }
  }
  const { data } = await asking(
    request('POST /repos/{owner}/{repo}/git/trees', { owner, repo, base_tree, tree }),
  );
  return data.sha;
}
