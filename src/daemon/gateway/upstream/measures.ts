import type { Metrics, Sample } from '../../http/metrics.ts';
import type { Upstream, UpstreamFigures, Upstreams } from './upstream.ts';

/** What the status tells of a project. */
export function describeProject({ project, report }: Upstream): Record<string, unknown> {
  const { underWay, ...figures } = report();
  return { ...project, ...figures, under_way: underWay };
}

/** The requests of each project. */
export function measureProjects(metrics: Metrics, projects: Pick<Upstreams, 'list'>): void {
  const gauge = (name: string, help: string, read: (figures: UpstreamFigures) => readonly Sample[]) =>
    metrics.gauge(`cloudctl_project_${name}`, help, () =>
      projects
        .list()
        .flatMap(({ project, report }) =>
          read(report()).map(({ labels, value }) => ({ labels: { project: project.name, ...labels }, value })),
        ),
    );
  gauge('requests', 'Requests sent to Hetzner since the start, by urgency', ({ sent }) =>
    Object.entries(sent).map(([urgency, value]) => ({ labels: { urgency }, value })),
  );
  gauge('requests_waiting', 'Requests that wait for their turn', ({ waiting }) => [{ value: waiting }]);
  gauge('requests_left', 'Requests that are left of this hour', ({ left }) => (left === null ? [] : [{ value: left }]));
  gauge('requests_refused', 'How often Hetzner has said that there were too many requests', ({ refused }) => [
    { value: refused },
  ]);
  gauge('readings', 'Readings since the start, by where their answer was', ({ hits, borrowed, misses }) => [
    { labels: { from: 'memory' }, value: hits },
    { labels: { from: 'redis' }, value: borrowed },
    { labels: { from: 'hetzner' }, value: misses },
  ]);
}
