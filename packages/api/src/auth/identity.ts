import type { Principal } from '@countersign/domain';
import type { Response } from 'express';
import { Problem } from '../problems/problem.ts';

/** Who a request comes from, once `authenticate` has looked. */
export type Identity =
  | { readonly kind: 'principal'; readonly principal: Principal }
  /** A wait token: reads one request and does nothing else. */
  | { readonly kind: 'waiter'; readonly requestId: string };

interface Locals {
  identity?: Identity;
  correlationId?: string;
}

export function identityOf(res: Response): Identity {
  const { identity } = res.locals as Locals;
  if (!identity) throw new Error('this route is not behind `authenticate`');
  return identity;
}

/** @throws Problem 403 for a wait token */
export function principalOf(res: Response): Principal {
  const identity = identityOf(res);
  if (identity.kind === 'principal') return identity.principal;
  throw new Problem('forbidden', 'a wait token only reads the one request that it was given for');
}

export function setIdentity(res: Response, identity: Identity): void {
  (res.locals as Locals).identity = identity;
}

/** Follows one piece of work through logs, events and traces; answered as `X-Request-Id`. */
export function correlationIdOf(res: Response): string {
  return (res.locals as Locals).correlationId ?? '';
}

export function setCorrelationId(res: Response, correlationId: string): void {
  (res.locals as Locals).correlationId = correlationId;
}
