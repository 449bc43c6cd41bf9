import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { deliverOverHttp } from './interactions/delivery.ts';
import { clickMessage } from './interactions/messages.ts';
import { clickModal, closeModal, submitModal } from './interactions/modals.ts';
import { responseUrls } from './interactions/response-urls.ts';
import type { Scene } from './interactions/scene.ts';
import { checkLoopback, isMeantForUs, refuseStrangers } from './loopback.ts';
import type { PageSeam } from './page-seam.ts';
import { pageState } from './page-state.ts';
import { newSockets } from './socket-mode/sockets.ts';
import type { Simulator, SimulatorOptions } from './types.ts';
import { callLog } from './web-api/calls.ts';
import { faultPlan } from './web-api/faults.ts';
import { rateLimits } from './web-api/rate-limits.ts';
import { webApiRouter } from './web-api/router.ts';
import { newWorkspace, type Workspace } from './workspace/workspace.ts';

/**
 * Starts a workspace that listens on this machine.
 *
 * @throws Error for a host that others reach, for users and channels that can't be, and when the port is taken
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1';
  checkLoopback(host);
  const workspace = newWorkspace(options);
  const secrets = secretsOf(options);
  const stopping = new AbortController();
  const calls = callLog();
  const plan = faultPlan();
  const sockets = newSockets(workspace.identity);
  const responses = responseUrls(workspace);
  let interactionUrl = options.interactionUrl;

  const app = express().disable('x-powered-by').use(refuseStrangers);
  const server = http.createServer(app);
  server.on('upgrade', (request, socket, head) => {
    if (isMeantForUs(request)) sockets.upgrade(request, socket, head);
    else socket.destroy();
  });
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const authority = `${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
  const url = `http://${authority}`;

  const scene: Scene = {
    workspace,
    responseUrl: (origin) => url + responses.issue(origin),
    async send(payload) {
      if (sockets.isConnected()) return sockets.send(payload);
      if (interactionUrl === undefined)
        throw new Error('nobody to send it to: no interactionUrl, and no socket is connected');
      const { signingSecret } = secrets;
      return deliverOverHttp(
        { url: interactionUrl, signingSecret, nowSec: workspace.clock() },
        payload,
        stopping.signal,
      );
    },
  };
  const seam: PageSeam = {
    teamId: workspace.identity.teamId,
    ...pageState(workspace),
    onChange: workspace.onChange,
    click: (click) => clickMessage(scene, click),
    submit: (user, values) => submitModal(scene, user, values),
    clickInView: (user, actionId, selected, values) => clickModal(scene, user, actionId, selected, values),
    close: (user) => closeModal(scene, user),
  };
  app.use(
    '/api',
    webApiRouter({
      workspace,
      botTokens: secrets.botTokens,
      appTokens: secrets.appTokens,
      calls,
      plan,
      limits: options.rateLimits ? rateLimits(workspace.clock) : null,
      latencyMs: options.latencyMs ?? 0,
      socketUrl: () => `ws://${authority}${sockets.issue()}`,
      stopped: stopping.signal,
    }),
  );
  app.use(responses.router);

  return {
    url,
    apiUrl: `${url}/api/`,
    teamId: seam.teamId,
    botToken: secrets.botTokens[0],
    appToken: secrets.appTokens[0],
    signingSecret: secrets.signingSecret,
    deliverTo(target) {
      interactionUrl = target;
    },
    messages: (channel) => [...(theChannel(workspace, channel)?.messages.values() ?? [])],
    openView: (user) => workspace.views.top(workspace.people.find(user)?.id ?? user) ?? null,
    onChange: seam.onChange,
    click: seam.click,
    submit: seam.submit,
    clickInView: seam.clickInView,
    close: seam.close,
    deleteMessage(channel, ts) {
      const found = theChannel(workspace, channel);
      if (!found) throw new Error(`no channel ${channel}`);
      workspace.messages.remove(found, ts);
    },
    calls: calls.list,
    forgetCalls: calls.forget,
    faults: plan.faults,
    async stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      sockets.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** By name or id; `@user` and a user's id mean the direct channel with them. */
function theChannel({ channels, people }: Workspace, reference: string) {
  const person = people.get(reference);
  return channels.find(person ? `@${person.id}` : reference);
}

function secretsOf(options: SimulatorOptions) {
  const random = randomBytes(16).toString('hex');
  return {
    botTokens: atLeastOne(options.botTokens, `xoxb-sim-${random}`, 'botTokens'),
    appTokens: atLeastOne(options.appTokens, `xapp-sim-${random}`, 'appTokens'),
    signingSecret: options.signingSecret ?? random,
  };
}

function atLeastOne(
  given: readonly string[] | undefined,
  own: string,
  name: string,
): readonly [string, ...string[]] {
  const [first = own, ...others] = given ?? [own];
  if (given?.length === 0) throw new Error(`${name}: needs at least one`);
  return [first, ...others];
}
