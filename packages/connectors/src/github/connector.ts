import type { Connector } from '@countersign/domain';
import { SettingsError, type Surroundings } from '../settings.ts';
import { connectorOf } from '../step/connector.ts';
import { secrets } from '../step/secrets.ts';
import { type GitHubClient, gitHubClient } from './client.ts';
import { dispatchWorkflow } from './dispatch-workflow.ts';
import { GITHUB_FORMATS } from './input.ts';
import { openIssue } from './open-issue.ts';
import { openPullRequest } from './open-pull-request.ts';
import { noteDeployment, reviewDeployment } from './review-deployment.ts';
import { apiUrlOf, asksForRun, type GitHubSettings, secretsIn } from './settings.ts';

/**
 * GitHub, or an Enterprise Server of it.
 * @param settings without `auth` leaves it unconfigured
 * @throws SettingsError
 */
export function gitHubConnector(settings: GitHubSettings = {}, surroundings: Surroundings): Connector {
  const { auth } = settings;
  const known = secrets(secretsIn(settings));
  if (auth && Object.values(auth).some((value) => value === '')) {
    throw new SettingsError('github.auth', 'must not be empty; leave it out to do without');
  }
  const client = auth ? gitHubClient({ ...settings, auth }, known, surroundings) : nobody(surroundings.now);
  return connectorOf({
    name: 'github',
    operations: {
      'open-issue': openIssue(client),
      'open-pull-request': openPullRequest(client),
      'dispatch-workflow': dispatchWorkflow(client, asksForRun(settings, apiUrlOf(settings))),
      'review-deployment': reviewDeployment(client),
      'note-deployment': noteDeployment(client),
    },
    formats: GITHUB_FORMATS,
    secrets: known,
    unconfigured: auth ? undefined : 'it has neither a token nor an App',
    health: client.check,
  });
}

/** Stands in for a client where there are no credentials; the edge lets no call come this far. */
function nobody(now: () => number): GitHubClient {
  const refuse = (): never => {
    throw new Error('called without credentials');
  };
  return { now, at: refuse, check: refuse };
}
