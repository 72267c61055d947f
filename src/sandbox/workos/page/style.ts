/** The look of the pages, in light and in dark. */
export const style = `
:root { color-scheme: light dark; --ground: #f3f4f6; --card: #fff; --text: #16181d; --soft: #5c6470; --line: #d5d9e0; --accent: #1d4ed8; --on-accent: #fff; --alert: #b42318; --alert-ground: #fef3f2; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #111318; --card: #1a1d24; --text: #eceef2; --soft: #9aa3b2; --line: #343a46; --accent: #6d95ff; --on-accent: #0d1017; --alert: #ff9a8f; --alert-ground: #331a18; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { width: 100%; max-width: 27rem; padding: clamp(1.25rem, 6vw, 2rem); background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.25; }
p { margin: 0 0 1rem; text-wrap: pretty; }
.mark { margin: 0 0 .25rem; color: var(--soft); font-size: .8rem; font-weight: 600; letter-spacing: .04em; text-transform: uppercase; }
.code { margin: 0 0 1.25rem; padding: .7rem; border: 1px dashed var(--line); border-radius: 8px; font: 600 1.5rem/1.2 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: .12em; text-align: center; }
.alert { padding: .6rem .8rem; border-radius: 8px; background: var(--alert-ground); color: var(--alert); }
label { display: block; margin: 0 0 .3rem; font-size: .9rem; font-weight: 600; }
.field { margin: 0 0 1.1rem; }
.row { display: flex; gap: .5rem; }
select, input { width: 100%; min-width: 0; padding: .55rem .65rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); color: inherit; font: inherit; }
button { padding: .55rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: transparent; color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
button:hover { border-color: var(--soft); }
button.main { flex: 1; border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
button.main:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
footer { margin: 1.75rem 0 0; padding: 1rem 0 0; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; }
`;
