import { type Asked, type Reply, TENANT, type World } from './world.ts';

export const TOKEN_PATH = `/${TENANT}/oauth2/v2.0/token`;

/** A token for an application that says its secret. */
export function tokenReply(world: World, { request, url }: Asked): Reply {
  const form = Object.fromEntries(new URLSearchParams(request.body.toString()));
  const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
  const asks = form.grant_type === 'client_credentials' && form.scope === `${url.origin}/.default`;
  if (request.method !== 'POST' || !isForm || !asks) throw new Error('no request for a token');
  if (form.client_id !== 'app-1' || form.client_secret !== world.secret) {
    const error_description = `AADSTS7000215: Invalid client secret provided: ${form.client_secret}`;
    return { status: 401, body: { error: 'invalid_client', error_description } };
  }
  world.minted += 1;
  const access_token = `sentinel-token-${world.minted}`;
  world.tokens.add(access_token);
  return { status: 200, body: { token_type: 'Bearer', expires_in: 3600, access_token } };
}
