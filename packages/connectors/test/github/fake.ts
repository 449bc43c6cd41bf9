import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { answer, cutOff, hangUp, type Received, startServer } from '../support/server.ts';
import { type Asked, exampleOf, judgeAnswer, judgeRequest } from './openapi.ts';

/** What goes wrong with one request. */
export type Fault =
  | 'reset-before'
  | 'reset-after'
  | 'cut-after'
  | 'error-before'
  | 'error-after'
  | 'limited'
  | 'stall-before'
  | 'stall-after';

interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

const sha = (value: unknown): string => createHash('sha1').update(JSON.stringify(value)).digest('hex');
const OURS = { owner: 'octo-org', repo: 'deploys' };

/** A GitHub with one repository, judged by GitHub's own description: what it is asked, and what it answers. */
export async function fakeGitHub() {
  const world = {
    now: Date.parse('2026-05-01T12:00:00Z'),
    files: new Map<string, Record<string, string>>(),
    commits: new Map<string, { message: string; tree: string; parents: string[] }>(),
    blobs: new Map<string, string>(),
    refs: new Map<string, string>(),
    issues: [] as { number: number; title: string; body: string; at: string; pull: boolean }[],
    pulls: [] as {
      number: number;
      title: string;
      body: string;
      head: string;
      base: string;
      sha: string;
      draft: boolean;
    }[],
    runs: [] as { id: number; title: string; at: string; inputs: Record<string, string> }[],
    /** How the workflow's runs are named. */
    runName: (inputs: Record<string, string>): string => inputs.key ?? 'Deploy',
    run: { id: 77, startedAt: '2026-05-01T11:00:00Z', waiting: ['production'] },
    reviews: [] as { state?: string; comment: string; environment: string }[],
    showsReviews: true,
    /** Tokens that are accepted; empty: any. */
    tokens: new Set<string>(),
    minted: 0,
  };
  const tree = sha({});
  world.files.set(tree, { 'README.md': 'hello' });
  world.commits.set(sha('first'), { message: 'first', tree, parents: [] });
  world.refs.set('heads/main', sha('first'));

  const seen: (Asked & { authorization: string | undefined })[] = [];
  const objections: string[] = [];
  const faults = new Map<number, Fault>();
  let count = 0;
  let onStall: () => void = () => {};

  const server = await startServer((request, response) => {
    const fault = faults.get(count++);
    let asked: Asked;
    try {
      asked = judgeRequest(request.method, request.path, request.body.toString());
      judgeHeaders(request);
    } catch (error) {
      objections.push(String(error));
      throw error;
    }
    seen.push({ ...asked, authorization: request.headers.authorization });
    if (fault?.endsWith('-before') || fault === 'limited') return goWrong(fault, response, onStall);
    const reply = refusalOf(asked, request) ?? answerTo(asked);
    if (reply.status < 400) {
      try {
        judgeAnswer(asked.route, reply.status, reply.body);
      } catch (error) {
        objections.push(String(error));
        throw error;
      }
    }
    if (fault) return goWrong(fault, response, onStall);
    if (reply.body === undefined) response.writeHead(reply.status).end();
    else answer(response, reply.status, reply.body);
  });

  function refusalOf({ route, params }: Asked, { headers }: Received): Reply | undefined {
    const token = headers.authorization?.replace('Bearer ', '') ?? '';
    const asApp = route.endsWith('/installation') || route.startsWith('POST /app/') || route === 'GET /app';
    const accepted = asApp
      ? token.split('.').length === 3
      : world.tokens.size === 0 || world.tokens.has(token);
    if (!accepted) return { status: 401, body: { message: 'Bad credentials' } };
    if (params.owner && params.owner.toLowerCase() !== OURS.owner)
      return { status: 404, body: { message: 'Not Found' } };
    return undefined;
  }

  const at = (): string => new Date(world.now).toISOString().replace('.000Z', 'Z');
  const html = (path: string): string => `https://github.com/${OURS.owner}/${OURS.repo}/${path}`;
  const notFound: Reply = { status: 404, body: { message: 'Not Found' } };

  const issueOf = (issue: (typeof world.issues)[number]) => ({
    ...exampleOf('POST /repos/{owner}/{repo}/issues', 201),
    ...{
      number: issue.number,
      title: issue.title,
      body: issue.body,
      html_url: html(`issues/${issue.number}`),
      created_at: issue.at,
    },
  });
  const pullOf = (pull: (typeof world.pulls)[number], base: object) => {
    // GitHub's examples of teams are not whole by its description.
    const full = { ...(base as { head: object; base: object }), requested_teams: [] };
    return {
      ...full,
      ...{ number: pull.number, title: pull.title, body: pull.body, html_url: html(`pull/${pull.number}`) },
      head: { ...full.head, ref: pull.head, sha: pull.sha },
      base: { ...full.base, ref: pull.base },
    };
  };
  const commitOf = (id: string, commit: { message: string; tree: string; parents: string[] }) => {
    const example = exampleOf('POST /repos/{owner}/{repo}/git/commits', 201);
    return { ...example, sha: id, message: commit.message, tree: { ...example.tree, sha: commit.tree } };
  };
  const refOf = (name: string, id: string) => {
    const example = exampleOf('GET /repos/{owner}/{repo}/git/ref/{ref}', 200);
    return { ...example, ref: `refs/${name}`, object: { ...example.object, type: 'commit', sha: id } };
  };
  const runOf = ({ id, title, at: created_at }: (typeof world.runs)[number]) => ({
    ...exampleOf('GET /repos/{owner}/{repo}/actions/runs/{run_id}', 200),
    ...{
      id,
      display_title: title,
      created_at,
      event: 'workflow_dispatch',
      html_url: html(`actions/runs/${id}`),
    },
  });

  function page<T>(items: readonly T[], { per_page = '30', page: number = '1' }: Asked['query']): T[] {
    return items.slice((Number(number) - 1) * Number(per_page), Number(number) * Number(per_page));
  }

  function answerTo({ route, params, query, body }: Asked): Reply {
    switch (route) {
      case 'GET /rate_limit':
        return { status: 200, body: exampleOf(route, 200) };
      case 'GET /app':
        return { status: 200, body: exampleOf(route, 200) };
      case 'GET /repos/{owner}/{repo}/installation':
        return { status: 200, body: { ...exampleOf(route, 200), id: 4711 } };
      case 'POST /app/installations/{installation_id}/access_tokens': {
        if (params.installation_id !== '4711') return notFound;
        world.minted += 1;
        const token = `ghs_sentinelInstallation${world.minted}`;
        world.tokens.add(token);
        const expires_at = new Date(world.now + 3_600_000).toISOString();
        return { status: 201, body: { ...exampleOf(route, 201), token, expires_at } };
      }
      case 'GET /repos/{owner}/{repo}': {
        // GitHub's examples of these are not whole by its description.
        const { source, parent, template_repository, ...example } = exampleOf(route, 200);
        const owner = { ...example.owner, login: OURS.owner };
        return {
          status: 200,
          body: { ...example, owner, name: OURS.repo, default_branch: 'main', language: null },
        };
      }
      case 'POST /repos/{owner}/{repo}/issues': {
        const { title, body: text } = body as { title: string; body: string };
        const issue = { number: 100 + world.issues.length, title, body: text, at: at(), pull: false };
        world.issues.push(issue);
        return { status: 201, body: issueOf(issue) };
      }
      case 'GET /repos/{owner}/{repo}/issues': {
        if (query.sort !== 'created' || query.direction !== 'desc' || query.state !== 'all')
          throw new Error('not newest first');
        const listed = world.issues.filter((issue) => issue.at >= String(query.since)).toReversed();
        return { status: 200, body: page(listed, query).map(issueOf) };
      }
      case 'GET /repos/{owner}/{repo}/git/ref/{ref}': {
        const id = world.refs.get(String(params.ref));
        return id ? { status: 200, body: refOf(String(params.ref), id) } : notFound;
      }
      case 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}': {
        const commit = world.commits.get(String(params.commit_sha));
        return commit ? { status: 200, body: commitOf(String(params.commit_sha), commit) } : notFound;
      }
      case 'POST /repos/{owner}/{repo}/git/blobs': {
        const { content, encoding } = body as { content: string; encoding: BufferEncoding };
        const id = sha(['blob', content]);
        world.blobs.set(id, Buffer.from(content, encoding).toString('latin1'));
        return { status: 201, body: { url: 'https://api.github.com/blob', sha: id } };
      }
      case 'POST /repos/{owner}/{repo}/git/trees': {
        const changed = { ...world.files.get(String(body.base_tree)) };
        for (const entry of body.tree as {
          path: string;
          content?: string;
          sha?: string | null;
          mode: string;
        }[]) {
          if (entry.sha === null && !(entry.path in changed))
            return { status: 422, body: { message: 'GitRPC::BadObjectState' } };
          if (entry.sha === null) delete changed[entry.path];
          else
            changed[entry.path] =
              `${entry.content ?? world.blobs.get(String(entry.sha))}${entry.mode === '100755' ? ' +x' : ''}`;
        }
        const unchanged = JSON.stringify(changed) === JSON.stringify(world.files.get(String(body.base_tree)));
        const id = unchanged ? String(body.base_tree) : sha(changed);
        world.files.set(id, changed);
        return { status: 201, body: { ...exampleOf(route, 201), sha: id } };
      }
      case 'POST /repos/{owner}/{repo}/git/commits': {
        const commit = body as { message: string; tree: string; parents: string[] };
        const id = sha([commit, world.commits.size]);
        world.commits.set(id, commit);
        return { status: 201, body: commitOf(id, commit) };
      }
      case 'POST /repos/{owner}/{repo}/git/refs': {
        const name = String(body.ref).replace('refs/', '');
        if (world.refs.has(name)) return { status: 422, body: { message: 'Reference already exists' } };
        world.refs.set(name, String(body.sha));
        return { status: 201, body: refOf(name, String(body.sha)) };
      }
      case 'GET /repos/{owner}/{repo}/pulls': {
        const listed = world.pulls.filter(({ head }) => query.head === `${OURS.owner}:${head}`);
        const [example] = exampleOf(route, 200);
        return { status: 200, body: listed.map((pull) => pullOf(pull, example)) };
      }
      case 'POST /repos/{owner}/{repo}/pulls': {
        const { title, body: text, head, base, draft } = body as Record<string, string> & { draft: boolean };
        const id = world.refs.get(`heads/${head}`);
        if (!id) return { status: 422, body: { message: 'Validation Failed' } };
        if (world.pulls.some((pull) => pull.head === head)) {
          return {
            status: 422,
            body: { message: `A pull request already exists for ${OURS.owner}:${head}.` },
          };
        }
        const number = 500 + world.pulls.length;
        const pull = {
          number,
          title: `${title}`,
          body: `${text}`,
          head: `${head}`,
          base: `${base}`,
          sha: id,
          draft,
        };
        world.pulls.push(pull);
        return { status: 201, body: pullOf(pull, exampleOf(route, 201)) };
      }
      case 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches': {
        const inputs = (body.inputs ?? {}) as Record<string, string>;
        const id = 9000 + world.runs.length;
        world.runs.push({ id, title: world.runName(inputs), at: at(), inputs });
        if (!body.return_run_details) return { status: 204 };
        const urls = { run_url: `https://api.github.com/runs/${id}`, html_url: html(`actions/runs/${id}`) };
        return { status: 200, body: { workflow_run_id: id, ...urls } };
      }
      case 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs': {
        const from = String(query.created).replace('>=', '');
        const listed = world.runs
          .filter((run) => run.at >= from && query.event === 'workflow_dispatch')
          .toReversed();
        return {
          status: 200,
          body: { total_count: listed.length, workflow_runs: page(listed, query).map(runOf) },
        };
      }
      case 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule': {
        const { environment_name, state, comment } = body as Record<string, string>;
        if (!world.run.waiting.includes(`${environment_name}`))
          return { status: 422, body: { message: 'no gate waits' } };
        world.reviews.push({
          ...(state ? { state } : {}),
          comment: `${comment}`,
          environment: `${environment_name}`,
        });
        if (state) world.run.waiting = world.run.waiting.filter((name) => name !== environment_name);
        return { status: 204 };
      }
      case 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals': {
        const [example] = exampleOf(route, 200);
        const shown = world.showsReviews ? world.reviews : [];
        return {
          status: 200,
          body: shown.map(({ state = 'pending', comment }) => ({ ...example, state, comment })),
        };
      }
      case 'GET /repos/{owner}/{repo}/actions/runs/{run_id}':
        return {
          status: 200,
          body: { ...exampleOf(route, 200), id: 77, run_started_at: world.run.startedAt },
        };
      case 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments': {
        const [example] = exampleOf(route, 200);
        const body = world.run.waiting.map((name) => ({
          ...example,
          environment: { ...example.environment, name },
          // GitHub's own example of reviewers is not one by its description.
          reviewers: [],
        }));
        return { status: 200, body };
      }
      default:
        throw new Error(`the double has no ${route}`);
    }
  }

  return {
    url: server.url,
    world,
    seen,
    objections,
    close: server.close,
    /** Lets the nth request from now on (from 0) go wrong; `stalled` is called when one is left without an answer. */
    failAt(index: number, fault: Fault, stalled: () => void = () => {}) {
      faults.set(count + index, fault);
      onStall = stalled;
    },
    /** What the world saw of effects, whichever. */
    effects: () => world.issues.length + world.pulls.length + world.runs.length + world.reviews.length,
  };
}

export type FakeGitHub = Awaited<ReturnType<typeof fakeGitHub>>;

function judgeHeaders({ headers }: Received): void {
  if (headers['x-github-api-version'] !== '2022-11-28') throw new Error('no API version');
  if (!headers['user-agent']?.startsWith('countersign')) throw new Error('no user agent');
  if (!headers.accept?.includes('json')) throw new Error('no accept');
}

function goWrong(fault: Fault, response: ServerResponse, onStall: () => void): void {
  const kind = fault.replace(/-.*/, '');
  if (kind === 'reset') hangUp(response);
  else if (kind === 'cut') cutOff(response, 201, '{"number":');
  else if (kind === 'limited')
    answer(response, 403, { message: 'You have exceeded a secondary rate limit' }, { 'retry-after': '3' });
  else if (kind === 'stall') onStall();
  else answer(response, 502, { message: 'Server Error' });
}
