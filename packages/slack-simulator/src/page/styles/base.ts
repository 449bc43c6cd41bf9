/** Colours, type, and what every control has in common. */
export const base = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#ffffff, #1b1c20);
  --paper-2: light-dark(#f6f6f8, #24262b);
  --ink: light-dark(#1d1d22, #e4e5e9);
  --ink-2: light-dark(#5c5d66, #a3a6b0);
  --line: light-dark(#dcdce2, #3a3d45);
  --side: light-dark(#2e3060, #17182c);
  --side-ink: #eceaf6;
  --side-ink-2: #b5b3d3;
  --side-on: light-dark(#4d50a0, #3b3e7d);
  --link: light-dark(#1a5fb4, #78aeed);
  --good: light-dark(#0b6b4d, #15805d);
  --bad: light-dark(#b3261e, #c9413a);
  --bad-ink: light-dark(#a11d16, #ff9c94);
  --note: light-dark(#fff6db, #2d2a20);
  --mention: light-dark(#e3eefc, #1f3552);
  --code: light-dark(#a3341f, #f0a08f);
  font: 15px/1.46 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body { background: var(--paper); color: var(--ink); }
[hidden] { display: none !important; }
h1, h2, h3, p, ul, ol { margin: 0; }
ul, ol { padding: 0; list-style: none; }
a { color: var(--link); }
button, input, select, textarea { font: inherit; color: inherit; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
[tabindex="-1"]:focus-visible { outline: none; }

.button {
  display: inline-flex; align-items: center; gap: .4em; min-height: 34px; padding: 4px 13px;
  border: 1px solid var(--line); border-radius: 6px; background: var(--paper); color: var(--ink);
  font-weight: 600; font-size: 14px; text-decoration: none; cursor: pointer; max-width: 100%;
}
.button:hover { background: var(--paper-2); }
.button.primary { background: var(--good); border-color: transparent; color: #fff; }
.button.danger { background: var(--bad); border-color: transparent; color: #fff; }
.button.primary:hover, .button.danger:hover { filter: brightness(1.1); }
.button.overflow { padding: 4px 10px; }

input:not([type=checkbox], [type=radio]), textarea, select {
  width: 100%; min-height: 36px; padding: 6px 10px; border: 1px solid var(--line); border-radius: 6px;
  background: var(--paper); color: var(--ink);
}
textarea { resize: vertical; }
select { width: auto; max-width: 100%; cursor: pointer; }
input[type=checkbox], input[type=radio] { width: 17px; height: 17px; margin: 2px 0 0; accent-color: var(--good); cursor: pointer; }
[aria-invalid=true]:is(input, textarea, select) { border-color: var(--bad); }

@keyframes turn { to { transform: rotate(1turn); } }
.button[aria-busy=true]::after, .choice:has(> [aria-busy=true]) > label::after,
.select:has(> [aria-busy=true])::after, summary[aria-busy=true]::after {
  content: ""; display: inline-block; width: 12px; height: 12px; margin-left: .5em; flex: none;
  border: 2px solid currentColor; border-right-color: transparent; border-radius: 50%;
  animation: turn .8s linear infinite; vertical-align: -1px;
}
.button[aria-busy=true] { opacity: .75; cursor: progress; }
@media (prefers-reduced-motion: reduce) { *, *::after { animation-duration: 4s !important; } }
`;
