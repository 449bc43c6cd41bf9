import { app } from './app.ts';
import { live } from './live.ts';
import { where } from './place.ts';
import * as server from './server.ts';

const people = await server.people();
const page = app(people, () => void refresh());
document.getElementById('app')?.replaceWith(page.element);

const refresh = live(
  async () => {
    const { user, channel } = where();
    const person = people.users.find(({ id }) => id === user) ?? people.users[0];
    if (person === undefined) throw new Error('the workspace has no people');
    const state = await server.state(person.id);
    // Another simulator may have come in the place of the one that this page was loaded from.
    if (state === null) return location.reload();
    page.show(state, channel);
  },
  (is) => page.connected(is),
);
addEventListener('hashchange', () => void refresh());
document.addEventListener('visibilitychange', () => void refresh());
