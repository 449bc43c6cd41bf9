import type { PolicyBundle } from '@countersign/application';
import type { PolicyError } from '@countersign/domain';
import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import { HashText } from '../present/shapes.ts';
import { type Fault, Problem } from '../problems/problem.ts';
import { sendJson } from '../server/send.ts';
import type { Route } from './route.ts';

/** Puts the policy file as it is now into force; the answer comes when it is. */
export const reloadPolicy: Route = {
  method: 'post',
  path: '/api/admin/reload-policy',
  access: 'admin',
  summary: 'Read the policy file anew',
  answers: {
    200: {
      description: 'in force now',
      schema: z.strictObject({ hash: HashText, changed: z.boolean() }),
    },
  },
  problems: ['policy_invalid'],
  handle: (deps) => async (_req, res) => {
    const activation = await deps.policies.activate(await read(deps), 'admin', 'route');
    if (!activation.ok) throw invalid(activation.errors);
    const { hash, changed } = activation;
    sendJson(res, 200, { hash, changed });
  },
};

async function read({ readPolicy, logger }: ApiDeps): Promise<PolicyBundle> {
  try {
    return await readPolicy();
  } catch (error) {
    logger.warn({ err: error }, 'the policy file could not be read');
    const { code } = error as NodeJS.ErrnoException;
    const why = typeof code === 'string' ? ` (${code})` : '';
    throw new Problem(
      'policy_invalid',
      `a policy file cannot be read${why}; the policy in force stays as it is`,
    );
  }
}

function invalid(found: readonly PolicyError[]): Problem {
  const errors = found.map(({ file, line, column, path, message }): Fault => {
    const detail = path === '' ? message : `${path} ${message}`;
    return { pointer: `${file}:${line}:${column}`, detail, file, line, column };
  });
  const count = errors.length === 1 ? 'an error' : `${errors.length} errors`;
  return new Problem('policy_invalid', `the policy has ${count}; the one in force stays`, { errors });
}
