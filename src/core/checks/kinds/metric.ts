import { writeDuration } from '../../backup/words.ts';
import { Failure } from '../../failure.ts';
import { field } from '../../field.ts';
import { down, kind, unknown, up } from '../check.ts';

const minute = 60_000;
/** A sample that is older says nothing of now. */
const oldest = 15 * minute;

const settings = {
  server: field('text', 'Server, by name or id', {
    required: true,
    placeholder: 'server',
    refers: { resource: 'server', as: 'name' },
  }),
  metric: field('text', 'Series of its metrics: cpu, disk.0.iops.write, network.0.bandwidth.in', {
    default: 'cpu',
    placeholder: 'series',
  }),
  above: field('decimal', 'It is wrong above this value', { placeholder: 'value' }),
  below: field('decimal', 'It is wrong below this value', { placeholder: 'value' }),
  over: field('duration', 'Time of which the mean is taken', { default: 5 * minute, placeholder: 'duration' }),
} as const;

/** A metric of a server as Hetzner measures it, against a threshold; it says how old what it knows is. */
export const metric = kind({
  name: 'metric',
  summary: 'A metric of a server against a threshold: cpu, disk, network',
  settings,
  needs: 'store',
  validate({ metric: series, above, below, over }) {
    if (
      !/^(cpu|disk\.\d{1,2}\.(iops|bandwidth)\.(read|write)|network\.\d{1,2}\.(pps|bandwidth)\.(in|out))$/.test(series)
    ) {
      throw new Failure('usage', `metric: '${series.slice(0, 100)}' is not a series of Hetzner's`, {
        hint: 'Such as cpu, disk.0.bandwidth.read, network.0.pps.out',
      });
    }
    if ((above === undefined) === (below === undefined)) {
      throw new Failure('usage', 'above: give either that or below');
    }
    if (over < minute || over > 24 * 60 * minute) throw new Failure('usage', 'over: is not 1m to 24h');
  },
  async run({ server: wanted, metric: series, above, below, over }, { servers, readLatest, now }) {
    if (!readLatest) return unknown('the daemon keeps no samples');
    const all = await servers();
    const server = all.find(({ name }) => name === wanted) ?? all.find(({ id }) => String(id) === wanted);
    if (!server) return unknown(`there is no server ${wanted}`);
    const samples = await readLatest(server.id, series, now() - oldest - over);
    const newest = samples.at(-1);
    if (!newest || now() - newest.at > oldest) {
      return unknown(`there is no sample of the last ${writeDuration(oldest)}: ${server.name} is ${server.status}`);
    }
    const counted = samples.filter(({ at }) => at > newest.at - over);
    // Hetzner adds up the percents of all cores.
    const parts = series === 'cpu' ? Math.max(1, server.server_type?.cores ?? 1) : 1;
    const value = counted.reduce((sum, one) => sum + one.value, 0) / counted.length / parts;
    const wrong = above === undefined ? ('below' as const) : ('above' as const);
    const isWrong = above === undefined ? value < below! : value > above;
    const age = writeDuration(Math.max(0, Math.floor((now() - newest.at) / 1000) * 1000));
    const message = `${series} is ${shorten(value)}, ${wrong} ${above ?? below} is wrong (last sample ${age} ago)`;
    return isWrong ? down(message, { value, wrong }) : up(message, { value, wrong });
  },
});

function shorten(value: number): string {
  return String(Number(value.toPrecision(4)));
}
