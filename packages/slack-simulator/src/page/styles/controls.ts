/** Choices, menus, and the dialogs that stand above the page. */
export const controls = `
.choices { display: grid; gap: 7px; border: 0; margin: 0; padding: 0; min-width: 0; }
.choice { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 9px; }
.choice > label { cursor: pointer; overflow-wrap: anywhere; }
.choice > .description { grid-column: 2; }
.description { display: block; font-size: 13px; font-weight: 400; color: var(--ink-2); }

.select { display: inline-block; max-width: 100%; }
.multi { border: 1px solid var(--line); border-radius: 6px; min-width: 200px; }
.multi > summary { padding: 6px 10px; cursor: pointer; }
.multi > fieldset { padding: 6px 10px; max-height: 260px; overflow-y: auto; border-top: 1px solid var(--line); }
.multi legend { padding: 4px 0; font-size: 13px; font-weight: 600; color: var(--ink-2); }

.menu {
  min-width: 180px; max-width: min(340px, 96vw); padding: 6px 0;
  border: 1px solid var(--line); border-radius: 8px; background: var(--paper); color: var(--ink);
  box-shadow: 0 6px 24px rgb(0 0 0 / 22%);
}
/* Beside what opened it; where a browser can't do that, in the middle. */
@supports (position-area: block-end) {
  .menu { inset: auto; margin: 4px 0; position-area: block-end span-inline-end; position-try: flip-block, flip-inline, flip-block flip-inline; }
}
.menu > * {
  display: block; width: 100%; padding: 7px 16px; border: 0; background: none; color: inherit; text-align: start;
  text-decoration: none; cursor: pointer; overflow-wrap: anywhere;
}
.menu > :is(:hover, :focus) { background: var(--mention); outline: none; }

dialog {
  padding: 0; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); color: var(--ink);
  box-shadow: 0 12px 48px rgb(0 0 0 / 34%);
}
dialog::backdrop { background: rgb(0 0 0 / 46%); }
.modal { width: min(540px, 100vw); max-height: min(760px, 94dvh); }
.modal[open] { display: flex; flex-direction: column; }
.modal > header { display: flex; align-items: center; justify-content: space-between; padding: 14px 20px 10px; }
dialog h2 { font-size: 20px; line-height: 1.3; overflow-wrap: anywhere; }
.close { border: 0; border-radius: 6px; background: none; width: 36px; height: 36px; font-size: 24px; line-height: 1; cursor: pointer; }
.close:hover { background: var(--paper-2); }
.modal form { display: flex; flex-direction: column; min-height: 0; }
.modal .blocks { display: grid; gap: 18px; padding: 6px 20px 20px; overflow-y: auto; align-content: start; }
.modal form > .trouble { margin: 0; padding: 8px 20px; }
dialog footer { display: flex; justify-content: flex-end; gap: 10px; padding: 14px 20px; border-top: 1px solid var(--line); }

.field { display: grid; gap: 6px; border: 0; margin: 0; padding: 0; min-width: 0; }
.field > label, .field > legend { font-weight: 700; padding: 0; overflow-wrap: anywhere; }
.field > legend { margin-bottom: 6px; }
.optional { font-weight: 400; color: var(--ink-2); }
.field .hint { font-size: 13px; color: var(--ink-2); }
.error { color: var(--bad-ink); font-size: 14px; overflow-wrap: anywhere; }
.error::before { content: "⚠ "; content: "⚠ " / ""; }

.confirm { width: min(440px, 96vw); }
.confirm h2 { padding: 18px 20px 8px; font-size: 18px; }
.confirm .text { padding: 0 20px 18px; }

@media (max-width: 720px) {
  .modal { width: 100vw; max-width: none; height: 100dvh; max-height: none; border: 0; border-radius: 0; }
  .modal form { flex: 1; }
  .modal .blocks { flex: 1; }
}
`;
