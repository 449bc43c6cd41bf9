import { createHash } from 'node:crypto';

export const OURS = { owner: 'octo-org', repo: 'deploys' };

export interface Commit {
  readonly message: string;
  readonly tree: string;
  readonly parents: readonly string[];
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly at: string;
}

export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly head: string;
  readonly base: string;
  readonly sha: string;
  readonly draft: boolean;
}

export interface Run {
  readonly id: number;
  readonly title: string;
  readonly at: string;
  readonly inputs: Readonly<Record<string, string>>;
}

export interface Review {
  readonly state?: string;
  readonly comment: string;
  readonly environment: string;
}

/** What a GitHub with one repository holds. */
export interface World {
  now: number;
  /** Tree → path → content. */
  readonly files: Map<string, Record<string, string>>;
  readonly commits: Map<string, Commit>;
  readonly blobs: Map<string, string>;
  readonly refs: Map<string, string>;
  readonly issues: Issue[];
  readonly pulls: Pull[];
  readonly runs: Run[];
  /** How the workflow's runs are named. */
  runName: (inputs: Readonly<Record<string, string>>) => string;
  readonly run: { startedAt: string; waiting: string[] };
  readonly reviews: Review[];
  showsReviews: boolean;
  /** Tokens that are accepted; empty: any. */
  readonly tokens: Set<string>;
  minted: number;
  /** Id of the App's installation in the repository. */
  installation: number;
}

export const sha = (value: unknown): string => createHash('sha1').update(JSON.stringify(value)).digest('hex');

export function newWorld(): World {
  const tree = sha({});
  const first = sha('first');
  return {
    now: Date.parse('2026-05-01T12:00:00Z'),
    files: new Map([[tree, { 'README.md': 'hello' }]]),
    commits: new Map([[first, { message: 'first', tree, parents: [] }]]),
    blobs: new Map(),
    refs: new Map([['heads/main', first]]),
    issues: [],
    pulls: [],
    runs: [],
    runName: (inputs) => inputs.key ?? 'Deploy',
    run: { startedAt: '2026-05-01T11:00:00Z', waiting: ['production'] },
    reviews: [],
    showsReviews: true,
    tokens: new Set(),
    minted: 0,
    installation: 4711,
  };
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

export const notFound: Reply = { status: 404, body: { message: 'Not Found' } };
export const refused = (message: string): Reply => ({ status: 422, body: { message } });
export const at = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
export const html = (path: string): string => `https://github.com/${OURS.owner}/${OURS.repo}/${path}`;

export function page<T>(items: readonly T[], query: Readonly<Record<string, string>>): T[] {
  const [size, number] = [Number(query.per_page ?? 30), Number(query.page ?? 1)];
  return items.slice((number - 1) * size, number * size);
}
