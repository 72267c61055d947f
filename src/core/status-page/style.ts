/** The style of the page: one column that fits a phone, in the light or dark that the reader's system has. */
export const style = `
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--line:#e1e4ea;--text:#1b222c;--soft:#586170;
--up:#1b7f50;--up-bar:#35a672;--partial:#a85808;--partial-bar:#eda02c;--down:#c02b2b;--down-bar:#cf3034;
--maintenance:#2460a8;--maintenance-bar:#5b93d6;--unknown:#5d6673;--unknown-bar:#9aa3b0;--none-bar:#d9dde4}
@media(prefers-color-scheme:dark){:root{--page:#0e1217;--card:#171d25;--line:#29313c;--text:#e8ebf0;--soft:#9aa5b4;
--up:#46cf93;--up-bar:#2fa673;--partial:#f3ae4b;--partial-bar:#f0b041;--down:#ff7b7b;--down-bar:#f25252;
--maintenance:#7ab8ff;--maintenance-bar:#4b8cd6;--unknown:#a4aebb;--unknown-bar:#6f7a89;--none-bar:#2c3540}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header,footer{max-width:54rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.5rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 1.25rem;overflow-wrap:anywhere}
h2{font-size:1.05rem;margin:2.25rem 0 .75rem;overflow-wrap:anywhere}
.banner{display:flex;align-items:center;gap:.9rem;padding:1.1rem 1.25rem;border:1px solid var(--line);
border-left:6px solid var(--ink);border-radius:.75rem;background:var(--card);font-size:1.2rem;font-weight:600}
.banner svg{width:2rem;height:2rem;color:var(--ink)}
.card{background:var(--card);border:1px solid var(--line);border-radius:.75rem;list-style:none;margin:0;padding:0}
.card>li{padding:1rem 1.25rem}
.card>li+li{border-top:1px solid var(--line)}
.row{display:flex;justify-content:space-between;align-items:flex-start;gap:1rem}
.name{font-weight:600;overflow-wrap:anywhere;min-width:0}
.state{display:inline-flex;align-items:center;gap:.4rem;color:var(--ink);font-weight:600;white-space:nowrap}
.state svg{width:1.1rem;height:1.1rem}
.days{display:block;width:100%;height:2.1rem;margin-top:.6rem}
.scale,.soft{color:var(--soft);font-size:.875rem}
.scale{display:flex;justify-content:space-between;gap:.5rem;margin-top:.3rem}
.scale b{color:var(--text);font-weight:600}
.soft{overflow-wrap:anywhere}
.up{--ink:var(--up)}.partial{--ink:var(--partial)}.down{--ink:var(--down)}
.maintenance{--ink:var(--maintenance)}.unknown,.paused{--ink:var(--unknown)}
.days .up{fill:var(--up-bar)}.days .partial{fill:var(--partial-bar)}.days .down{fill:var(--down-bar)}
.days .maintenance{fill:var(--maintenance-bar)}.days .unknown{fill:var(--unknown-bar)}.days .none{fill:var(--none-bar)}
footer{padding-top:2rem;padding-bottom:3rem;color:var(--soft);font-size:.875rem}
.legend{display:flex;flex-wrap:wrap;gap:.35rem 1.1rem;list-style:none;margin:0 0 .75rem;padding:0}
.legend li{display:inline-flex;align-items:center;gap:.4rem}
.legend .days{width:.7rem;height:1.1rem;margin:0}
@media(max-width:30rem){header{padding-top:1.5rem}main,header,footer{padding-left:.9rem;padding-right:.9rem}
.card>li,.banner{padding-left:.9rem;padding-right:.9rem}.banner{font-size:1.1rem}h1{font-size:1.4rem}}
@media(forced-colors:active){.days rect,.days path{forced-color-adjust:none}}
@media print{body{background:#fff}.card,.banner{break-inside:avoid}}
`.trim();
