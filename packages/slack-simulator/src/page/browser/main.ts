import { app } from './app.ts';
import { live } from './live.ts';
import { placeAmong } from './place.ts';
import * as server from './server.ts';

const people = await server.people();
const page = app(people, () => refresh());
document.getElementById('app')?.replaceWith(page.element);

const refresh = live({
  load: async () => {
    const place = placeAmong(people.users);
    if (place === null) throw new Error('the workspace has no people');
    return { place, state: await server.state(place.user.id) };
  },
  show: ({ place, state }) => {
    // Another simulator may have come in the place of the one that this page was loaded from.
    if (state === null) location.reload();
    else page.show(state, place.channel);
  },
  connected: page.connected,
});
addEventListener('hashchange', refresh);
document.addEventListener('visibilitychange', refresh);
