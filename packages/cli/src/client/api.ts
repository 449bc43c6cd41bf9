import { randomUUID } from 'node:crypto';
import type { Http, Reply } from './http.ts';
import type {
  ApprovalView,
  Caller,
  Created,
  Enveloped,
  ListedApproval,
  Page,
  ProjectionStatus,
} from './wire.ts';

export interface Asked {
  readonly action: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly justification?: string | undefined;
  readonly onBehalfOf?: string | undefined;
  readonly previousRequestId?: string | undefined;
  readonly callbackUrl?: string | undefined;
  readonly state?: unknown;
}

/** Asks for approval. The key (made up when none is given) makes it safe to send again. */
export function createRequest(
  http: Http,
  asked: Asked,
  idempotencyKey: string = randomUUID(),
): Promise<Reply<Created>> {
  return http.send<Created>({
    method: 'POST',
    path: '/api/guard/request',
    body: asked,
    headers: { 'idempotency-key': idempotencyKey },
    repeatable: true,
  });
}

const approvalPath = (id: string, rest = ''): string => `/api/approvals/${encodeURIComponent(id)}${rest}`;

/** Acknowledging, deciding and cancelling say the same when said twice, so that a lost answer is asked for again. */
async function change(
  http: Http,
  method: 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<ApprovalView> {
  const call = { method, path, repeatable: true, ...(body !== undefined && { body }) };
  return (await http.send<Enveloped<ApprovalView>>(call)).body.data;
}

export function acknowledge(http: Http, id: string, persona: string): Promise<ApprovalView> {
  return change(http, 'POST', approvalPath(id, `/personas/${encodeURIComponent(persona)}/ack`), {});
}

export function withdrawAcknowledgement(http: Http, id: string, persona: string): Promise<ApprovalView> {
  return change(http, 'DELETE', approvalPath(id, `/personas/${encodeURIComponent(persona)}/ack`));
}

export interface Decided {
  readonly status: 'approved' | 'rejected';
  readonly note?: string | undefined;
  readonly paramsHash?: string | undefined;
  readonly stage?: string | undefined;
  readonly overrides?: Readonly<Record<string, unknown>> | undefined;
}

export function decide(http: Http, id: string, decided: Decided): Promise<ApprovalView> {
  return change(http, 'POST', approvalPath(id, '/decide'), decided);
}

export function cancel(http: Http, id: string, reason?: string): Promise<ApprovalView> {
  return change(http, 'POST', approvalPath(id, '/cancel'), { reason });
}

export function breakGlass(
  http: Http,
  id: string,
  forced: { readonly status: 'approved' | 'rejected'; readonly reason: string },
): Promise<ApprovalView> {
  return change(http, 'POST', approvalPath(id, '/break-glass'), forced);
}

/** Another super-approver's signature under a forced decision. */
export function reviewBreakGlass(http: Http, id: string, note?: string): Promise<ApprovalView> {
  return change(http, 'POST', approvalPath(id, '/break-glass/review'), { note });
}

export async function getApproval(http: Http, id: string, signal?: AbortSignal): Promise<ApprovalView> {
  return (await http.send<Enveloped<ApprovalView>>({ path: approvalPath(id), signal })).body.data;
}

export async function listApprovals(
  http: Http,
  query: Readonly<Record<string, string | number | undefined>>,
): Promise<Page<ListedApproval>> {
  return (await http.send<Enveloped<Page<ListedApproval>>>({ path: '/api/approvals', query })).body.data;
}

export interface RecordedStep {
  readonly type: string;
  readonly revision: number;
  readonly position: string;
  readonly at: string;
  /** Null for what followed from the step before. */
  readonly actor: { readonly sub: string; readonly kind: string; readonly via: string } | null;
  readonly data: unknown;
}

export async function getEvents(http: Http, id: string): Promise<readonly RecordedStep[]> {
  return (await http.send<Enveloped<Page<RecordedStep>>>({ path: approvalPath(id, '/events') })).body.data
    .items;
}

export async function whoami(http: Http): Promise<Caller> {
  return (await http.send<Caller>({ path: '/api/whoami' })).body;
}

export async function getProjections(http: Http): Promise<readonly ProjectionStatus[]> {
  return (await http.send<{ items: ProjectionStatus[] }>({ path: '/api/admin/projections' })).body.items;
}

export async function startRebuild(http: Http, name: string): Promise<void> {
  await http.send({ method: 'POST', path: `/api/admin/projections/${encodeURIComponent(name)}/rebuild` });
}
