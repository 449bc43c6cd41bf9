import { exampleOf } from './openapi.ts';
import type { Routes } from './routes.ts';
import { notFound, OURS } from './world.ts';

export const appRoutes: Routes = {
  'GET /rate_limit': (_, { route }) => ({ status: 200, body: exampleOf(route, 200) }),

  'GET /app': (_, { route }) => ({ status: 200, body: exampleOf(route, 200) }),

  'GET /repos/{owner}/{repo}/installation': (world, { route }) => ({
    status: 200,
    body: { ...exampleOf(route, 200), id: world.installation },
  }),

  'POST /app/installations/{installation_id}/access_tokens': (world, { route, params }) => {
    if (params.installation_id !== String(world.installation)) return notFound;
    world.minted += 1;
    const token = `ghs_sentinelInstallation${world.minted}`;
    world.tokens.add(token);
    const expires_at = new Date(world.now + 3_600_000).toISOString();
    return { status: 201, body: { ...exampleOf(route, 201), token, expires_at } };
  },

  'GET /repos/{owner}/{repo}': (_, { route }) => {
    // GitHub's examples of these are not whole by its description.
    const { source, parent, template_repository, ...example } = exampleOf(route, 200);
    const owner = { ...example.owner, login: OURS.owner };
    const body = { ...example, owner, name: OURS.repo, default_branch: 'main', language: null };
    return { status: 200, body };
  },
};
