import { exampleOf } from './openapi.ts';
import type { Routes } from './routes.ts';
import { type Commit, notFound, refused, sha } from './world.ts';

interface TreeEntry {
  readonly path: string;
  readonly content?: string;
  readonly sha?: string | null;
  readonly mode: string;
}

const commitOf = (id: string, { message, tree }: Commit) => {
  const example = exampleOf('POST /repos/{owner}/{repo}/git/commits', 201);
  return { ...example, sha: id, message, tree: { ...example.tree, sha: tree } };
};

const refOf = (name: string, id: string) => {
  const example = exampleOf('GET /repos/{owner}/{repo}/git/ref/{ref}', 200);
  return { ...example, ref: `refs/${name}`, object: { ...example.object, type: 'commit', sha: id } };
};

export const gitRoutes: Routes = {
  'GET /repos/{owner}/{repo}/git/ref/{ref}': (world, { params }) => {
    const id = world.refs.get(String(params.ref));
    return id ? { status: 200, body: refOf(String(params.ref), id) } : notFound;
  },

  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}': (world, { params }) => {
    const commit = world.commits.get(String(params.commit_sha));
    return commit ? { status: 200, body: commitOf(String(params.commit_sha), commit) } : notFound;
  },

  'POST /repos/{owner}/{repo}/git/blobs': (world, { body }) => {
    const { content, encoding } = body as { content: string; encoding: BufferEncoding };
    const id = sha(['blob', content]);
    world.blobs.set(id, Buffer.from(content, encoding).toString('latin1'));
    return { status: 201, body: { url: 'https://api.github.com/blob', sha: id } };
  },

  'POST /repos/{owner}/{repo}/git/trees': (world, { route, body }) => {
    const base = String(body.base_tree);
    const changed = { ...world.files.get(base) };
    for (const { path, content, sha: blob, mode } of body.tree as TreeEntry[]) {
      if (blob === null && !(path in changed)) return refused('GitRPC::BadObjectState');
      if (blob === null) delete changed[path];
      else changed[path] = `${content ?? world.blobs.get(String(blob))}${mode === '100755' ? ' +x' : ''}`;
    }
    const same = JSON.stringify(changed) === JSON.stringify(world.files.get(base));
    const id = same ? base : sha(changed);
    world.files.set(id, changed);
    return { status: 201, body: { ...exampleOf(route, 201), sha: id } };
  },

  'POST /repos/{owner}/{repo}/git/commits': (world, { body }) => {
    const commit = body as unknown as Commit;
    const id = sha([commit, world.commits.size]);
    world.commits.set(id, commit);
    return { status: 201, body: commitOf(id, commit) };
  },

  'POST /repos/{owner}/{repo}/git/refs': (world, { body }) => {
    const name = String(body.ref).replace('refs/', '');
    if (world.refs.has(name)) return refused('Reference already exists');
    world.refs.set(name, String(body.sha));
    return { status: 201, body: refOf(name, String(body.sha)) };
  },
};
