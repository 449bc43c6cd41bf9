import type { Connector, LostCall } from '@countersign/domain';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { gitHubConnector } from '../../src/github/connector.ts';
import { callOf } from '../support/calls.ts';
import { type GitHubDouble, gitHubDouble } from './double/server.ts';

export const where = { owner: 'octo-org', repo: 'deploys' };
export const KEY = 'appr1-step1';
export const MINUTE = 60_000;

/** A double and a connector to it, new for each test of a file; a test ends with nothing that GitHub would object to. */
export interface Bench {
  github: GitHubDouble;
  connector: Connector;
  /** A call that was sent so many minutes before the double's present, for a minute. */
  sent(minutesAgo: number, operation: string, input: object): LostCall;
}

export function bench(): Bench {
  const at = {} as Bench;
  beforeEach(async () => {
    const github = await gitHubDouble();
    at.github = github;
    at.connector = gitHubConnector(
      { auth: { token: 'ghp_x' }, apiUrl: github.url, runDetails: true },
      { now: () => github.world.now },
    );
  });
  afterEach(async () => {
    await at.github.close();
    expect(at.github.objections).toEqual([]);
  });
  at.sent = (minutesAgo, operation, input) => {
    const fromMs = at.github.world.now - minutesAgo * MINUTE;
    return callOf(operation, input, {
      sentFrom: new Date(fromMs).toISOString(),
      sentUntil: new Date(fromMs + MINUTE).toISOString(),
    });
  };
  return at;
}
