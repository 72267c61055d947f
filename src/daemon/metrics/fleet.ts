import { type Api, collect } from '../../core/api.ts';
import type { Server } from '../../core/hetzner/types.ts';

/** What is held of a server: enough to be shown and judged, without its price list. */
export interface FleetServer {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly cores: number;
  readonly type: string;
  readonly backups: boolean;
  /** Bytes of this billing period. */
  readonly outgoing: number | null;
  readonly included: number | null;
  /** RFC 3339: from when on its type or its image cannot be had any more; null when nothing is announced. */
  readonly typeEnds: string | null;
  readonly imageEnds: string | null;
  readonly image: string | null;
}

/** The project's servers. */
export function readFleet(api: Api): Promise<FleetServer[]> {
  return collect(api.list<Server, FleetServer>('servers', {}, { keep: shorten }));
}

function shorten(server: Server): FleetServer {
  const { server_type: type, image } = server;
  const here = type?.locations?.find(({ name }) => name === server.location?.name);
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    created: Date.parse(server.created) || 0,
    labels: server.labels ?? {},
    cores: Math.max(1, Number(type?.cores ?? 1)),
    type: type?.name ?? '',
    backups: Boolean(server.backup_window),
    outgoing: server.outgoing_traffic,
    included: server.included_traffic,
    typeEnds: (here?.deprecation ?? type?.deprecation)?.unavailable_after ?? null,
    imageEnds: image?.deprecation?.unavailable_after ?? image?.deprecated ?? null,
    image: image ? (image.name ?? image.description) : null,
  };
}
