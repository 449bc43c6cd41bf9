/** The frame: people and channels on the left, the conversation beside it; above it on a phone. */
export const layout = `
.app { display: grid; grid-template: minmax(0, 1fr) / 248px minmax(0, 1fr); height: 100dvh; }
.sidebar {
  display: flex; flex-direction: column; gap: 16px; padding: 14px 10px; overflow-y: auto;
  background: var(--side); color: var(--side-ink);
}
.sidebar :focus-visible { outline-color: #fff; }
.workspace { padding: 0 8px; font-weight: 700; font-size: 17px; }
.who { display: grid; gap: 4px; padding: 0 8px; }
.who label { font-size: 13px; color: var(--side-ink-2); }
.who select { width: 100%; background: var(--side-on); border-color: transparent; color: var(--side-ink); }
.who option { background: var(--paper); color: var(--ink); }
nav { position: relative; display: grid; gap: 14px; }
nav h2 { padding: 0 8px 4px; font-size: 13px; font-weight: 600; color: var(--side-ink-2); }
nav button {
  display: flex; align-items: center; justify-content: space-between; gap: 8px; width: 100%; min-height: 30px; padding: 3px 8px;
  border: 0; border-radius: 6px; background: none; color: var(--side-ink-2); text-align: start; cursor: pointer;
}
nav button:hover { background: rgb(255 255 255 / 9%); }
nav button[aria-current] { background: var(--side-on); color: #fff; }
nav button.unread { color: #fff; font-weight: 700; }
nav .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
nav .count:not(:empty) {
  min-width: 20px; padding: 0 6px; border-radius: 10px; background: #d64b4b; color: #fff;
  font-size: 12px; line-height: 18px; text-align: center;
}
.sidebar .hint { margin-top: auto; padding: 8px; font-size: 12.5px; color: var(--side-ink-2); }

main { display: flex; flex-direction: column; min-height: 0; }
main > header { padding: 12px 20px; border-bottom: 1px solid var(--line); }
h1 { font-size: 18px; line-height: 1.3; overflow-wrap: anywhere; }
.notice { padding: 6px 20px; background: var(--note); font-size: 14px; }
.place { flex: 1; min-height: 0; }
.messages { height: 100%; overflow-y: auto; padding: 12px 0 28px; }
.messages:focus-visible { outline-offset: -2px; }
.empty { padding: 40px 20px; color: var(--ink-2); text-align: center; }

@media (max-width: 720px) {
  .app { grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); }
  .sidebar { flex-flow: row wrap; align-items: center; gap: 8px; padding: 8px 10px; overflow: visible; }
  .workspace { flex: 1; padding: 0 4px; font-size: 15px; }
  .who { grid-auto-flow: column; align-items: center; gap: 8px; padding: 0; }
  nav { flex-basis: 100%; display: flex; gap: 6px; overflow-x: auto; }
  nav section, nav ul { display: flex; gap: 6px; flex: none; }
  nav h2 { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  nav button { min-height: 36px; padding: 3px 12px; background: rgb(255 255 255 / 9%); }
  .sidebar .hint { display: none; }
  main > header { padding: 8px 14px; }
}
`;
