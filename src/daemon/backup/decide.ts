// STAND-IN until core/backup has it
import { next, parseCron } from '../../core/backup/cron.ts';
import type { ScheduleSpec, Verdict } from '../../core/backup/types.ts';
import type { Server } from '../../core/hetzner/types.ts';
import type { ImageRow } from '../../core/store/tables.ts';
import type { Tools } from '../tools.ts';
import type { Schedule } from './schedule.ts';

export function nextDue(_cron: string, _zone: string, after: number): number {
  return next(parseCron(_cron, _zone), after);
}
export function whatIsDue(
  spec: ScheduleSpec,
  due: number,
  now: number,
): { run?: number; missed?: number; next: number } {
  const next = nextDue(spec.cron, spec.zone, now);
  return now - due <= spec.window ? { run: due, next } : { missed: due, next };
}
export function chooseServers(spec: ScheduleSpec, servers: readonly Server[]): Server[] {
  return servers.filter(({ name }) => spec.servers.includes(name));
}
export async function judge(
  _tools: Tools,
  _schedule: Schedule,
  _rows: readonly ImageRow[],
  _gone: boolean,
): Promise<{ verdicts: readonly Verdict[]; brake: string | undefined }> {
  return { verdicts: [], brake: undefined };
}
