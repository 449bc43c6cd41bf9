import type { ApprovalEventOf } from '@countersign/domain';
import { comparableHash } from '@countersign/domain/recorded';
import type { Incoming } from '../../runtime/projection.ts';
import { beginLife, type Life } from '../life.ts';
import { type KeptPlan, keepPlan } from './kept-plan.ts';
import type { InternedPlan } from './plans.ts';

/** A request between events: what stays as it was asked, and its life. */
export interface Row {
  readonly seq: number;
  readonly asked: Asked;
  readonly life: Life;
  /** Null where the request has none. */
  readonly plan: RowPlan | null;
  params: string;
  planRevision: number;
  revision: number;
  position: string;
  /** The status that `tallies` counts it under; null before it is counted. */
  counted: string | null;
}

export interface RowPlan {
  readonly rules: InternedPlan;
  readonly kept: KeptPlan;
}

export interface Asked {
  readonly requestId: string;
  readonly tenant: string;
  readonly channel: string;
  readonly action: string;
  readonly policyKey: string;
  readonly policyHash: string;
  readonly requester: string;
  readonly owner: string | null;
  readonly onBehalfOf: string | null;
  readonly justification: string | null;
  readonly comparableHash: string;
  readonly slateId: number;
  readonly stageNames: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly previousRequestId: string | null;
  readonly rootRequestId: string;
  readonly externalId: string | null;
}

type Requested = ApprovalEventOf<'ApprovalRequested'>['data'];

/** @param requestId the stream's; bodies repeat it for readers of exports */
export function newRow(
  seq: number,
  requestId: string,
  data: Requested,
  slate: { readonly slateId: number; readonly stageNames: readonly string[] },
  rules: InternedPlan | null,
): Row {
  const params = JSON.stringify(data.params);
  const asked: Asked = {
    requestId,
    tenant: data.tenant,
    channel: data.channel,
    action: data.action,
    policyKey: data.policyKey,
    policyHash: data.policyHash,
    requester: data.by.sub,
    owner: data.owner ?? null,
    onBehalfOf: data.onBehalfOf ?? null,
    justification: data.justification ?? null,
    // Without sealed values both hashes are taken over the same bytes, so that one need not be computed.
    comparableHash: params.includes('"$hmac"') ? comparableHash(data.params) : data.paramsHash,
    ...slate,
    createdAt: data.at,
    expiresAt: data.expiresAt,
    previousRequestId: data.previousRequestId ?? null,
    rootRequestId: data.rootRequestId,
    externalId: data.externalId ?? null,
  };
  return {
    seq,
    asked,
    life: beginLife(data),
    plan: data.dispatch && rules ? { rules, kept: keepPlan(data.dispatch) } : null,
    params,
    planRevision: 0,
    revision: 0,
    position: '',
    counted: null,
  };
}

export function stampPlace(row: Row, { recorded }: Incoming): void {
  row.revision = recorded.revision;
  row.position = recorded.position;
}
