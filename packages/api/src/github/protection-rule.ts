import type { Ask } from '@countersign/application';
import type { JsonObject } from '@countersign/domain';
import { z } from 'zod';
import { type Fault, Problem } from '../problems/problem.ts';

/**
 * The event `deployment_protection_rule`: a job of a workflow waits for our word before it may deploy to an
 * environment. GitHub adds members as it likes; only these are read.
 */

const Login = z.string().min(1).max(100);
const Name = z.string().min(1).max(255);
const Id = z.int().min(1);
const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

export const ProtectionRuleSchema = z.looseObject({
  environment: Name,
  event: z.string().max(100).nullish(),
  ref: z.string().max(1000).nullish(),
  sha: z.string().max(100).nullish(),
  deployment_callback_url: z.string().max(2048),
  /** Null where the environment is used without a deployment. */
  deployment: z
    .looseObject({
      id: Id,
      ref: z.string().max(1000).nullish(),
      sha: z.string().max(100).nullish(),
      creator: z.looseObject({ login: Login }).nullish(),
    })
    .nullish(),
  pull_requests: z.array(z.looseObject({ number: Id })).nullish(),
  repository: z.looseObject({ full_name: z.string().regex(REPOSITORY, 'must be owner/name') }),
  installation: z.looseObject({ id: Id }).nullish(),
  sender: z.looseObject({ login: Login }).nullish(),
});
export type ProtectionRule = z.output<typeof ProtectionRuleSchema>;

const MAX_PULL_REQUESTS = 20;

/**
 * What is asked for: the action `github.deploy.<environment>`, the environment in lower case, every character that
 * actions can't have replaced by `-`, and cut to fit. Its parameters name what GitHub has to be told the decision of.
 * @param delivery id of the delivery
 * @throws Problem `invalid_body`
 */
export function askOf(rule: ProtectionRule, delivery: string): Ask {
  const { environment, event, deployment, repository, installation, sender, pull_requests } = rule;
  const runId = runIdOf(rule);
  const [owner = '', repo = ''] = repository.full_name.split('/');
  const ref = deployment?.ref ?? rule.ref;
  const sha = deployment?.sha ?? rule.sha;
  const creator = deployment?.creator?.login ?? sender?.login;
  const pullRequests = (pull_requests ?? []).slice(0, MAX_PULL_REQUESTS).map(({ number }) => number);
  const params = {
    repository: repository.full_name,
    ...{ owner, repo, environment, runId, ref, sha, event, creator },
    deploymentId: deployment?.id,
    installationId: installation?.id,
    pullRequests: pullRequests.length > 0 ? pullRequests : undefined,
  };
  const what = [ref, sha && `(${sha.slice(0, 10)})`].filter(Boolean).join(' ') || 'what it has built';
  return {
    action: actionOf(environment),
    params: withoutAbsent(params),
    justification: `Run ${runId} of ${repository.full_name} asks to deploy ${what} to ${environment}`,
    channel: 'guard',
    // Whatever is decided, GitHub is told, and the job that waits goes on or ends.
    closing: {
      connector: 'github',
      operation: 'review-deployment',
      input: { owner, repo, runId, environment },
    },
    // A redelivery is the same request. Each try of a job has a deployment of its own, where it has one at all.
    idempotencyKey: deployment ? `deployment ${deployment.id}` : `delivery ${delivery}`,
  };
}

const PREFIX = 'github.deploy.';
const MAX_ACTION = 200;

export function actionOf(environment: string): string {
  const name = environment.toLowerCase().replace(/[^a-z0-9._:-]/gu, '-');
  return `${PREFIX}${name}`.slice(0, MAX_ACTION);
}

/** The run that waits: it stands in the callback's address only. The address itself is never called. */
function runIdOf({ deployment_callback_url, repository }: ProtectionRule): number {
  const path = URL.parse(deployment_callback_url)?.pathname ?? '';
  const [, called, run] =
    /\/repos\/([^/]+\/[^/]+)\/actions\/runs\/([1-9]\d{0,14})\/deployment_protection_rule$/.exec(path) ?? [];
  if (run !== undefined && called?.toLowerCase() === repository.full_name.toLowerCase()) return Number(run);
  const detail = "must be the address of a run's deployment_protection_rule, in the same repository";
  const errors: Fault[] = [{ pointer: '/deployment_callback_url', detail }];
  throw new Problem('invalid_body', `the body does not fit: deployment_callback_url ${detail}`, { errors });
}

function withoutAbsent(params: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(
    Object.entries(params).filter(([, value]) => value !== undefined && value !== null),
  ) as JsonObject;
}
