import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Review {
  readonly environment_name: string;
  readonly state: string;
  readonly comment: string;
}

/** As much of GitHub as a deployment protection rule meets: one run of acme/shop that waits for its environments. */
export interface GitHub {
  readonly url: string;
  readonly token: string;
  /** Every review that was taken. */
  readonly reviews: readonly Review[];
  /** Environments that a review has not let pass, or stopped, yet. */
  readonly waiting: Set<string>;
  /** The next review is taken, and its answer lost. */
  loseNext(): void;
  close(): Promise<void>;
}

export async function startGitHub(...environments: string[]): Promise<GitHub> {
  const token = 'ghp_ofTheTest';
  const reviews: Review[] = [];
  const waiting = new Set(environments);
  let isLost = false;

  type Answer = readonly [status: number, body: object];

  function review(asked: Review): Answer | 'lost' {
    if (!waiting.delete(asked.environment_name)) return [422, { message: 'not waiting' }];
    reviews.push(asked);
    if (!isLost) return [204, {}];
    isLost = false;
    return 'lost';
  }

  function answerTo(asked: string, body: string): Answer | 'lost' {
    switch (asked) {
      case 'POST /repos/acme/shop/actions/runs/7/deployment_protection_rule':
        return review(JSON.parse(body));
      case 'GET /repos/acme/shop/actions/runs/7/approvals':
        return [200, reviews];
      case 'GET /repos/acme/shop/actions/runs/7':
        return [200, { id: 7, created_at: '2020-01-01T00:00:00Z' }];
      case 'GET /repos/acme/shop/actions/runs/7/pending_deployments':
        return [200, [...waiting].map((name) => ({ environment: { name } }))];
      default:
        return [404, { message: `there is no ${asked}` }];
    }
  }

  function send(response: ServerResponse, answer: Answer | 'lost'): void {
    if (answer === 'lost') {
      response.socket?.destroy();
      return;
    }
    const [status, body] = answer;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(status === 204 ? undefined : JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const isKnown = request.headers.authorization?.includes(token) ?? false;
      send(response, isKnown ? answerTo(`${request.method} ${request.url}`, text) : [401, {}]);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    reviews,
    waiting,
    loseNext() {
      isLost = true;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
