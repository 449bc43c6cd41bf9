import { App, ExpressReceiver, LogLevel } from '@slack/bolt';
import express from 'express';

/** Bolt as it comes: checks the signature, acks, and does nothing. */
const { PORT, SLACK_SIGNING_SECRET = '', SLACK_BOT_TOKEN = '', SLACK_API_URL = '' } = process.env;
const web = express();
web.get('/readyz', (_req, res) => void res.sendStatus(200));
const receiver = new ExpressReceiver({
  signingSecret: SLACK_SIGNING_SECRET,
  app: web,
  logLevel: LogLevel.ERROR,
});
const app = new App({
  token: SLACK_BOT_TOKEN,
  receiver,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: SLACK_API_URL },
});
app.action(/.*/, ({ ack }) => ack());
const server = web.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
