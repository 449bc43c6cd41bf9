import type { AddressInfo } from 'node:net';
import { App, ExpressReceiver, SocketModeReceiver } from '@slack/bolt';
import type { Simulator } from '../../src/index.ts';
import { atEnd, silent } from './workspace.ts';

const clientOptions = (simulator: Simulator) => ({
  slackApiUrl: simulator.apiUrl,
  retryConfig: { retries: 0 },
});

/** The real Bolt over HTTP, listening, with its listeners; the simulator delivers to it. */
export async function boltApp(simulator: Simulator, listen: (app: App) => void): Promise<App> {
  const { signingSecret, botToken: token } = simulator;
  const receiver = new ExpressReceiver({ signingSecret, logger: silent });
  const app = new App({ token, receiver, logger: silent, clientOptions: clientOptions(simulator) });
  listen(app);
  const server = await app.start({ port: 0, host: '127.0.0.1' });
  atEnd(() => app.stop());
  simulator.deliverTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`);
  return app;
}

/** The real Bolt in Socket Mode, connected. */
export async function socketApp(simulator: Simulator, listen: (app: App) => void): Promise<App> {
  const { appToken, botToken: token } = simulator;
  const receiver = new SocketModeReceiver({
    appToken,
    logger: silent,
    installerOptions: { clientOptions: clientOptions(simulator) },
  });
  const app = new App({ token, receiver, logger: silent, clientOptions: clientOptions(simulator) });
  listen(app);
  await app.start();
  atEnd(() => app.stop());
  return app;
}
