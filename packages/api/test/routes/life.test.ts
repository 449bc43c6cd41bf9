import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('the life of a request over HTTP', () => {
  test('asked, acknowledged, approved in two stages by three people, and found everywhere', async () => {
    const { call } = world;
    const asked = await call('POST', '/api/guard/request', {
      as: 'rita',
      body: {
        action: 'deploy.seen',
        params: { version: '1.2.3' },
        justification: 'the release',
        state: { run: 7 },
      },
    });
    expect(asked.status).toBe(201);
    const { requestId, token, paramsHash, position } = asked.body;
    expect(asked.body).toMatchObject({ status: 'awaiting_personas', escalateAt: [] });
    expect(asked.body.requirements.stages).toHaveLength(2);
    const at = `/api/approvals/${requestId}`;

    const early = await call('POST', `${at}/decide`, { as: 'bob', body: { status: 'approved' } });
    expect([early.status, early.body.code]).toEqual([409, 'personas_pending']);

    for (const [who, persona] of [
      ['bob', 'on-call'],
      ['dan', 'security'],
    ] as const) {
      const acked = await call('POST', `${at}/personas/${persona}/ack`, { as: who });
      expect(acked.status).toBe(200);
      expect(acked.body.data.changed).toBe(true);
    }
    const withdrawn = await call('DELETE', `${at}/personas/security/ack`, { as: 'dan' });
    expect(withdrawn.body.data.status).toBe('awaiting_personas');
    expect(withdrawn.body.data.approval_status).toBe('pending');
    await call('POST', `${at}/personas/security/ack`, { as: 'erin' });

    const first = await call('POST', `${at}/decide`, {
      as: 'bob',
      body: { status: 'approved', paramsHash, note: 'looks fine' },
    });
    expect(first.body.data).toMatchObject({ changed: true, status: 'pending', approver_id: null });
    const repeated = await call('POST', `${at}/decide`, { as: 'bob', body: { status: 'approved' } });
    expect([repeated.status, repeated.body.data.changed]).toEqual([200, false]);

    const second = await call('POST', `${at}/decide`, { as: 'erin', body: { status: 'approved' } });
    expect(second.body.data.progress.stages).toEqual([
      {
        name: 'peers',
        met: true,
        places: [
          { from: 'sre', min: 1, got: 1 },
          { from: 'security', min: 1, got: 1 },
        ],
      },
      { name: 'owner', met: false, places: [{ from: 'alice', min: 1, got: 0 }] },
    ]);
    const third = await call('POST', `${at}/decide`, {
      as: 'alice',
      body: { status: 'approved', stage: 'owner', note: 'go' },
    });
    expect(third.body.data).toMatchObject({
      approvalId: requestId,
      requestId,
      status: 'approved',
      approval_status: 'approved',
      approver_id: 'alice',
      approval_note: 'go',
      audit: { decision: 'approved', approvers: ['bob', 'erin', 'alice'], payload_hash: paramsHash },
      decision: { outcome: 'approved', by: 'alice' },
    });

    const waited = await call('GET', `/api/guard/wait?token=${token}`);
    expect(waited.body).toMatchObject({ requestId, status: 'approved', state: { run: 7 } });
    expect(waited.body.approvers.map((one: { sub: string }) => one.sub)).toEqual(['bob', 'erin', 'alice']);
    expect(waited.body.approvers[0]).toMatchObject({ stage: 'peers', via: 'api' });
    expect(waited.body.personas.map((one: { ackedBy: string }) => one.ackedBy)).toEqual(['bob', 'erin']);

    const seen = `minPosition=${third.body.data.position}`;
    const listed = await call('GET', `/api/approvals?status=approved&action=deploy.seen&${seen}`, {
      as: 'otto',
    });
    expect(listed.body.data).toMatchObject({ total: 1, limit: 50, offset: 0 });
    expect(listed.body.data.items[0]).toMatchObject({
      approvalId: requestId,
      approver_id: 'alice',
      approval_note: 'go',
      status: 'approved',
      params: { version: '1.2.3' },
    });

    const audited = await call('GET', `/api/audit?requestId=${requestId}&${seen}`, { as: 'otto' });
    expect(audited.body.data.items.map((row: { type: string }) => row.type)).toEqual([
      'ApprovalRequested',
      'PersonaAcknowledged',
      'PersonaAcknowledged',
      'PersonaAcknowledgementWithdrawn',
      'PersonaAcknowledged',
      'ApprovalGranted',
      'ApprovalGranted',
      'StageCompleted',
      'ApprovalGranted',
      'StageCompleted',
      'RequestApproved',
    ]);
    expect(position < third.body.data.position).toBe(true);
    const scraped = await call('GET', '/metrics');
    expect(scraped.text).toContain('approvals_total{action="deploy.seen"} 1');
  });
});
