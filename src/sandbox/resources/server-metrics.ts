import { reply, route } from '../collection.ts';
import { chooseStep, sample, series } from '../metrics.ts';
import { type Complaints, invalid, notFound } from '../problem.ts';
import type { Call, Reply, Route } from '../route.ts';
import { stamp } from '../state.ts';

const kept = 30 * 24 * 60 * 60 * 1000;

/** GET /servers/{id}/metrics. */
export const metricsRoute: Route = route('GET', '/servers/{id}/metrics', showMetrics);

function showMetrics({ state, id, query }: Call): Reply {
  const row = state.servers.get(id);
  if (!row) throw notFound('server', id);
  const complaints: Complaints = new Map();
  const kinds = [...new Set(query.getAll('type').flatMap(text => text.split(',')))];
  if (kinds.length === 0 || kinds.some(kind => !Object.hasOwn(series, kind))) {
    complaints.set('type', [`must be of ${Object.keys(series).join(', ')}`]);
  }
  const start = readTime(query, 'start', complaints);
  const end = readTime(query, 'end', complaints);
  if (start >= end) complaints.set('end', ['must be after start']);
  const asked = query.get('step');
  if (asked !== null && !(Number(asked) >= 1)) complaints.set('step', ['must be a number of seconds']);
  if (complaints.size > 0) throw invalid(complaints);

  const step = chooseStep((end - start) / 1000, asked === null ? undefined : Math.floor(Number(asked)));
  // Older samples are gone and later ones are not there yet; the grid stays that of the request.
  const skipped = Math.max(0, Math.ceil((state.now - kept - start) / (step * 1000)));
  const first = start + skipped * step * 1000;
  const time_series = sample(id, row.server_type.cores, kinds, first, Math.min(end, state.now), step);
  return reply(200, { metrics: { start: stamp(start), end: stamp(end), step, time_series } });
}

function readTime(query: URLSearchParams, name: string, complaints: Complaints): number {
  const text = query.get(name) ?? '';
  const pattern = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
  // A plus that was not encoded arrives as a space.
  const time = Date.parse(text.replace(/ (?=\d\d:\d\d$)/, '+'));
  if (pattern.test(text.replace(/ (?=\d\d:\d\d$)/, '+')) && !Number.isNaN(time)) return time;
  complaints.set(name, ['must be a time in RFC 3339 format']);
  return 0;
}
