/** Messages, their threads, and the blocks that both they and modals are made of. */
export const message = `
.message { position: relative; padding: 8px 20px 8px 68px; }
.message:hover { background: var(--paper-2); }
.body { display: grid; gap: 8px; }
.body > header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 8px; }
.avatar {
  position: absolute; left: 20px; top: 10px; display: grid; place-items: center; width: 36px; height: 36px; border-radius: 8px; background: var(--side-on);
  color: #fff; font-weight: 700;
}
.badge {
  padding: 0 5px; border-radius: 3px; background: var(--line); color: var(--ink-2); font-size: 11px;
  font-weight: 600; line-height: 16px; text-transform: uppercase; letter-spacing: .03em;
}
.body > header time, .edited { font-size: 12.5px; color: var(--ink-2); }
.message.ephemeral { background: var(--note); }
.private { font-size: 12.5px; color: var(--ink-2); }
.message.ephemeral .avatar { top: 34px; }
.trouble { margin: 8px 0 0; color: var(--bad-ink); font-size: 14px; white-space: pre-line; overflow-wrap: anywhere; }
.trouble::before { content: "⚠ "; content: "⚠ " / "Warning: "; font-weight: 700; }

.replies { margin: 0 20px 8px 68px; border-left: 2px solid var(--line); padding-left: 4px; }
.replies > summary { padding: 2px 10px; color: var(--link); font-size: 13.5px; font-weight: 600; cursor: pointer; width: max-content; }
.replies .message { padding: 5px 12px 5px 44px; }
.replies .avatar { left: 10px; top: 7px; width: 26px; height: 26px; border-radius: 6px; font-size: 13px; }
.replies .message.ephemeral .avatar { top: 31px; }

.text, .rich-text { white-space: pre-wrap; overflow-wrap: anywhere; }
.text pre, .rich-text pre {
  margin: 4px 0; padding: 8px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--paper-2);
  font-size: 12.5px; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 40em; overflow-y: auto;
}
:is(.text, .rich-text, label) :not(pre) > code, :is(.text, .rich-text, label) > code {
  padding: 1px 4px; border: 1px solid var(--line); border-radius: 4px; background: var(--paper-2); color: var(--code); font-size: 12.5px;
}
pre, code { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; }
blockquote { margin: 2px 0; padding-left: 12px; border-left: 4px solid var(--line); }
.rich-text ul { list-style: disc; padding-left: 24px; }
.rich-text ol { list-style: decimal; padding-left: 24px; }
.mention { padding: 0 2px; border-radius: 3px; background: var(--mention); color: var(--link); }

.header { font-size: 18px; line-height: 1.35; overflow-wrap: anywhere; }
.body > :not(header), .modal .blocks > * { max-width: 680px; }
.section { display: flex; gap: 16px; align-items: flex-start; }
.section-text { flex: 1; min-width: 0; display: grid; gap: 8px; }
.fields { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px 16px; }
.accessory { flex: none; max-width: 50%; }
.context { display: flex; flex-wrap: wrap; gap: 2px 10px; font-size: 13px; color: var(--ink-2); }
.actions { display: flex; flex-wrap: wrap; gap: 8px; align-items: flex-start; }
.actions > .choices { flex-basis: 100%; }
hr { width: 100%; margin: 4px 0; border: 0; border-top: 1px solid var(--line); }
.image, .not-drawn { font-size: 13px; font-style: italic; color: var(--ink-2); }

@media (max-width: 720px) {
  .message { padding: 8px 14px 8px 56px; }
  .avatar { left: 10px; }
  .replies { margin: 0 10px 8px 26px; }
  .fields { grid-template-columns: minmax(0, 1fr); }
  .section:has(.choices, select, .multi) { flex-direction: column; }
  .button { min-height: 40px; }
}
`;
