import { drawBar, drawDays, meanings } from './bars.ts';
import { icon, icons, pictureOf } from './icons.ts';
import type { Announcement, Group, Incident, PublicCheck, StatusPage } from './page.ts';
import { style } from './style.ts';
import { escapeHtml, lengthOf, percentOf, timeElement, timesElement } from './words.ts';

const headlines: Readonly<Record<StatusPage['state'], string>> = {
  up: 'All systems are up',
  partial: 'Some systems are down',
  down: 'All systems are down',
  maintenance: 'Maintenance is under way',
  unknown: 'The state of some systems is not known',
};

const stateWords: Readonly<Record<PublicCheck['state'], string>> = {
  up: 'Up',
  down: 'Down',
  maintenance: 'Maintenance',
  unknown: 'Not known',
  paused: 'Not watched',
};

/** The page as one file: no script, no other file, nothing loaded from anywhere, each text of others escaped. */
export function renderPage(page: StatusPage): string {
  const { title, state, made, groups, incidents, maintenances } = page;
  const open = incidents.filter(({ to }) => to === null);
  const past = incidents.filter(({ to }) => to !== null);
  const parts = [
    ...section('Outages now', open, one => incidentItem(one, made)),
    ...section('Maintenance', maintenances, maintenanceItem),
    ...groups.map(groupSection),
    ...section('Past outages', past, one => incidentItem(one, made), 'No outage has ended in the last 14 days.'),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="generator" content="cloudctl">
<title>${escapeHtml(title)}: ${headlines[state]}</title>
<link rel="icon" href="${pictureOf(state)}">
<style>${style}</style>
</head>
<body>
${icons}
<header>
<h1>${escapeHtml(title)}</h1>
<p class="banner ${state}">${icon(state)}<span>${headlines[state]}</span></p>
</header>
<main>
${parts.join('\n')}
</main>
<footer>
<ul class="legend" aria-label="What the bars mean">${meanings.map(([one, meaning]) => `<li>${drawBar(one)}${meaning}</li>`).join('')}</ul>
<p>As of ${timeElement(made)}. Times and days are those of UTC. Maintenance is left out of the uptime.</p>
</footer>
</body>
</html>
`;
}

function section<T>(heading: string, items: readonly T[], show: (item: T) => string, none?: string): string[] {
  if (items.length === 0 && none === undefined) return [];
  const body = items.length === 0 ? `<li class="soft">${none}</li>` : items.map(show).join('\n');
  return [`<section>\n<h2>${heading}</h2>\n<ul class="card">\n${body}\n</ul>\n</section>`];
}

function groupSection({ name, checks }: Group): string {
  return section(name === null ? 'Systems' : escapeHtml(name), checks, checkItem)[0]!;
}

function checkItem({ name, state, uptime, days }: PublicCheck): string {
  const badge = `<span class="state ${state}">${icon(state)}${stateWords[state]}</span>`;
  return `<li>
<div class="row"><span class="name">${escapeHtml(name)}</span>${badge}</div>
${drawDays(days, uptime)}
<div class="scale"><span>${days.length} days ago</span><span><b>${percentOf(uptime)}</b> up</span><span>Today</span></div>
</li>`;
}

function incidentItem({ check, from, to, reason }: Incident, made: string): string {
  const length = lengthOf((Date.parse(to ?? made) - Date.parse(from)) / 1000);
  const when = to === null ? `since ${timeElement(from)}` : timesElement(from, to);
  const state = to === null ? 'down' : 'up';
  const badge = `<span class="state ${state}">${icon(state)}${to === null ? 'Down' : 'Over'}</span>`;
  const why = reason === undefined ? '' : `<div class="soft">${escapeHtml(reason)}</div>`;
  return `<li>
<div class="row"><span class="name">${escapeHtml(check)}</span>${badge}</div>
<div class="soft">${when} (${length})</div>${why}
</li>`;
}

function maintenanceItem({ name, from, to, active, checks }: Announcement): string {
  const badge = `<span class="state maintenance">${icon('maintenance')}${active ? 'Under way' : 'Planned'}</span>`;
  return `<li>
<div class="row"><span class="name">${escapeHtml(name)}</span>${badge}</div>
<div class="soft">${timesElement(from, to)}</div>
<div class="soft">${escapeHtml(checks.join(', '))}</div>
</li>`;
}
