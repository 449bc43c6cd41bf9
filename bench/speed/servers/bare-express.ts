import { randomUUID } from 'node:crypto';
import express from 'express';
import { z } from 'zod';

/**
 * The yardstick E: an express route as everybody writes it, that checks its body with zod and stores nothing.
 */
const Body = z.strictObject({
  action: z.string().regex(/^[A-Za-z0-9._:-]{1,200}$/),
  params: z.record(z.string(), z.json()),
  justification: z.string().max(4000).optional(),
});

const app = express();
app.use(express.json());
app.post('/api/guard/request', (req, res) => {
  const body = Body.safeParse(req.body);
  if (!body.success) {
    res.status(400).json({ error: z.flattenError(body.error) });
    return;
  }
  const requestId = randomUUID();
  const { action, params } = body.data;
  res.status(201).json({ requestId, status: 'pending', action, params, createdAt: new Date().toISOString() });
});
app.get('/readyz', (_req, res) => void res.json({}));
const server = app.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
