import { exampleOf } from './openapi.ts';
import type { Routes } from './routes.ts';
import { at, html, page, type Run, refused } from './world.ts';

const runOf = ({ id, title, at: created_at }: Run) => ({
  ...exampleOf('GET /repos/{owner}/{repo}/actions/runs/{run_id}', 200),
  id,
  display_title: title,
  created_at,
  event: 'workflow_dispatch',
  html_url: html(`actions/runs/${id}`),
});

export const actionRoutes: Routes = {
  'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches': (world, { body }) => {
    const inputs = (body.inputs ?? {}) as Record<string, string>;
    const id = 9000 + world.runs.length;
    world.runs.push({ id, title: world.runName(inputs), at: at(world.now), inputs });
    if (!body.return_run_details) return { status: 204 };
    const urls = { run_url: `https://api.github.com/runs/${id}`, html_url: html(`actions/runs/${id}`) };
    return { status: 200, body: { workflow_run_id: id, ...urls } };
  },

  'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs': (world, { query }) => {
    const from = String(query.created).replace('>=', '');
    const listed = world.runs.filter((run) => run.at >= from).toReversed();
    if (query.event !== 'workflow_dispatch') throw new Error('runs of every kind');
    return {
      status: 200,
      body: { total_count: listed.length, workflow_runs: page(listed, query).map(runOf) },
    };
  },

  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule': (world, { body }) => {
    const { environment_name: environment = '', state, comment = '' } = body as Record<string, string>;
    if (!world.run.waiting.includes(environment)) return refused('no gate waits');
    world.reviews.push({ ...(state ? { state } : {}), comment, environment });
    if (state) world.run.waiting = world.run.waiting.filter((name) => name !== environment);
    return { status: 204 };
  },

  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals': (world, { route }) => {
    const [example] = exampleOf(route, 200);
    const shown = world.showsReviews ? world.reviews : [];
    return {
      status: 200,
      body: shown.map(({ state = 'pending', comment }) => ({ ...example, state, comment })),
    };
  },

  'GET /repos/{owner}/{repo}/actions/runs/{run_id}': (world, { route }) => ({
    status: 200,
    body: { ...exampleOf(route, 200), id: 77, run_started_at: world.run.startedAt },
  }),

  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments': (world, { route }) => {
    const [example] = exampleOf(route, 200);
    // GitHub's own example of reviewers is not one by its description.
    const pending = { ...example, reviewers: [] };
    const body = world.run.waiting.map((name) => ({
      ...pending,
      environment: { ...example.environment, name },
    }));
    return { status: 200, body };
  },
};
