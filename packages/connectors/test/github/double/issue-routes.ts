import { exampleOf } from './openapi.ts';
import type { Routes } from './routes.ts';
import { at, html, type Issue, OURS, type Pull, page, refused } from './world.ts';

const issueOf = ({ number, title, body, at: created_at }: Issue) => ({
  ...exampleOf('POST /repos/{owner}/{repo}/issues', 201),
  number,
  title,
  body,
  html_url: html(`issues/${number}`),
  created_at,
});

const pullOf = ({ number, title, body, head, base, sha }: Pull, example: { head: object; base: object }) => ({
  ...example,
  number,
  title,
  body,
  html_url: html(`pull/${number}`),
  head: { ...example.head, ref: head, sha },
  base: { ...example.base, ref: base },
  // GitHub's examples of teams are not whole by its description.
  requested_teams: [],
});

export const issueRoutes: Routes = {
  'POST /repos/{owner}/{repo}/issues': (world, asked) => {
    const { title, body } = asked.body as { title: string; body: string };
    const issue = { number: 100 + world.issues.length, title, body, at: at(world.now) };
    world.issues.push(issue);
    return { status: 201, body: issueOf(issue) };
  },

  'GET /repos/{owner}/{repo}/issues': (world, { query }) => {
    const { sort, direction, state, since } = query;
    if (sort !== 'created' || direction !== 'desc' || state !== 'all') throw new Error('not newest first');
    const listed = world.issues.filter((issue) => issue.at >= String(since)).toReversed();
    return { status: 200, body: page(listed, query).map(issueOf) };
  },

  'GET /repos/{owner}/{repo}/pulls': (world, { route, query }) => {
    const listed = world.pulls.filter(({ head }) => query.head === `${OURS.owner}:${head}`);
    const [example] = exampleOf(route, 200);
    return { status: 200, body: listed.map((pull) => pullOf(pull, example)) };
  },

  'POST /repos/{owner}/{repo}/pulls': (world, { route, body: asked }) => {
    const { title, body, head, base, draft } = asked as unknown as Pull;
    const sha = world.refs.get(`heads/${head}`);
    if (!sha) return refused('Validation Failed');
    if (world.pulls.some((pull) => pull.head === head)) {
      return refused(`A pull request already exists for ${OURS.owner}:${head}.`);
    }
    const pull = { number: 500 + world.pulls.length, title, body, head, base, sha, draft };
    world.pulls.push(pull);
    return { status: 201, body: pullOf(pull, exampleOf(route, 201)) };
  },
};
