/** How the page looks, by day and by night. */
export const style = `
:root { color-scheme: light dark; --line: #8884; --dim: #777; --soft: #8881; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; grid-template-columns: 13rem minmax(0, 60rem); gap: 2rem; }
nav { position: sticky; top: 0; height: 100vh; box-sizing: border-box; padding: 1.5rem 1rem; border-right: 1px solid var(--line); overflow-y: auto; }
nav h2 { margin: 1.2rem 0 .2rem; font-size: .85rem; color: var(--dim); text-transform: none; }
nav a { display: block; padding: .2rem 0; color: inherit; text-transform: capitalize; }
nav small + a { text-transform: none; }
main { padding: 1rem 1rem 4rem 0; }
h1 + section h2 { margin-top: 1rem; }
h2 { margin-top: 2.5rem; text-transform: capitalize; }
h3 { margin: 1rem 0 .3rem; font-size: 1rem; }
h4 { margin: .6rem 0 .3rem; font-weight: normal; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
code { overflow-wrap: anywhere; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: 0 .8rem; }
details[open] { padding-bottom: .8rem; }
summary { padding: .5rem 0; cursor: pointer; }
summary span { color: var(--dim); margin-left: .5rem; }
b { display: inline-block; min-width: 4.5rem; font: 600 13px ui-monospace, monospace; }
.get { color: #2a7ae2; } .post { color: #2e9e4f; } .put { color: #b7791f; } .delete { color: #d33; }
table { border-collapse: collapse; width: 100%; }
td { border-top: 1px solid var(--line); padding: .25rem .6rem .25rem 0; vertical-align: top; overflow-wrap: anywhere; }
td:first-child { min-width: 7rem; } td + td { color: var(--dim); }
pre { background: var(--soft); padding: .6rem .8rem; border-radius: .3rem; overflow: auto; max-height: 24rem; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; border: 0; } main { padding: 0 1rem 4rem; } }
`;
