import express from 'express';
import { deliverOverHttp } from './interactions/delivery.ts';
import { responseUrls } from './interactions/response-urls.ts';
import type { Scene } from './interactions/scene.ts';
import { newListener } from './listen.ts';
import { checkLoopback, refuseStrangers } from './loopback.ts';
import { pageRouter } from './page/router.ts';
import { seamOf } from './seam.ts';
import { secretsOf } from './secrets.ts';
import { newSockets } from './socket-mode/sockets.ts';
import type { Simulator, SimulatorOptions } from './types.ts';
import { callLog } from './web-api/calls.ts';
import { faultPlan } from './web-api/faults.ts';
import { permalinkRouter } from './web-api/permalinks.ts';
import { rateLimits } from './web-api/rate-limits.ts';
import { webApiRouter } from './web-api/router.ts';
import { remainsOf } from './workspace/remains.ts';
import { newWorkspace, type Workspace } from './workspace/workspace.ts';

/**
 * Starts a workspace that listens on this machine.
 *
 * @throws Error for a host that others reach, for users and channels that can't be, and when the port is taken
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1';
  checkLoopback(host);
  const url = (): string => `http://${listener.authority()}`;
  const workspace = newWorkspace(options, url);
  const secrets = secretsOf(options);
  const stopping = new AbortController();
  const calls = callLog();
  const plan = faultPlan();
  const sockets = newSockets(workspace.identity);
  const responses = responseUrls(workspace);
  const app = express().disable('x-powered-by').use(refuseStrangers);
  const listener = newListener(app, sockets);

  let interactionUrl = options.interactionUrl;
  const seam = seamOf({
    workspace,
    responseUrl: (origin) => url() + responses.issue(origin),
    async send(payload) {
      if (sockets.isConnected()) return sockets.send(payload);
      if (interactionUrl === undefined)
        throw new Error('nobody listens: no interactionUrl, no socket connected');
      const target = { url: interactionUrl, signingSecret: secrets.signingSecret, nowSec: workspace.clock() };
      return deliverOverHttp(target, payload, stopping.signal);
    },
  } satisfies Scene);

  const api = webApiRouter({
    workspace,
    botTokens: secrets.botTokens,
    appTokens: secrets.appTokens,
    calls,
    plan,
    limits: options.rateLimits ? rateLimits(workspace.clock) : null,
    latencyMs: options.latencyMs ?? 0,
    socketUrl: () => `ws://${listener.authority()}${sockets.issue()}`,
    stopped: stopping.signal,
  });
  app.use('/api', api).use(responses.router).use(permalinkRouter()).use(pageRouter(seam));

  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping.abort();
    stopped ??= listener.close();
    return stopped;
  };
  await listener.listen(host, options.port ?? 0).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    url: url(),
    apiUrl: `${url()}/api/`,
    teamId: seam.teamId,
    botToken: secrets.botTokens[0],
    appToken: secrets.appTokens[0],
    signingSecret: secrets.signingSecret,
    deliverTo(target) {
      interactionUrl = target;
    },
    ...looking(workspace),
    onChange: seam.onChange,
    click: seam.click,
    submit: seam.submit,
    clickInView: seam.clickInView,
    close: seam.close,
    calls: calls.list,
    forgetCalls: calls.forget,
    faults: plan.faults,
    remains: () => remainsOf(workspace.channels.all()),
    stop,
  };
}

/** What a test looks at and does from outside of any client. */
function looking(workspace: Workspace): Pick<Simulator, 'messages' | 'openView' | 'deleteMessage'> {
  const { channels, people, views, messages } = workspace;
  const theChannel = (reference: string) => {
    const person = people.get(reference);
    return channels.find(person ? `@${person.id}` : reference);
  };
  return {
    messages: (channel) => [...(theChannel(channel)?.messages.values() ?? [])],
    openView: (user) => views.top(people.find(user)?.id ?? user) ?? null,
    deleteMessage(channel, ts) {
      const found = theChannel(channel);
      if (!found) throw new Error(`no channel ${channel}`);
      messages.remove(found, ts);
    },
  };
}
