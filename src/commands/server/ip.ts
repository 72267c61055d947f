import { field, type Input } from '../../core/field.ts';
import { publicAddress } from '../../core/ssh/address.ts';
import { apiExits, command, outputFields } from '../command.ts';
import { writeData } from '../output/data.ts';
import { escapeControls } from '../output/escape.ts';
import { parseFormat } from '../output/format.ts';
import { lookOf } from '../run-list.ts';
import type { Session } from '../session.ts';
import { findServer } from './find-server.ts';

const fields = {
  server: field('text', 'Server, by name or id', {
    operand: 'one',
    required: true,
    refers: { resource: 'server', as: 'name' },
  }),
  ipv6: field('boolean', 'The first address of its IPv6 network', { short: '6' }),
  ...outputFields,
};

/** `server ip`: one public address, for scripts. */
export const ip = command({
  name: 'ip',
  summary: 'Print the public address of a server',
  fields,
  examples: ['cloudctl server ip web-1', 'cloudctl server ip -6 web-1'],
  exits: [...apiExits, 'not_found'],
  run: printAddress,
});

async function printAddress(session: Session, input: Input<typeof fields>): Promise<void> {
  const format = parseFormat({ ...input, available: ['ip'] });
  const server = await findServer(await session.api(), input.server);
  const address = publicAddress(server, input.ipv6 ?? false);
  const { out } = session.world;
  if (format.kind === 'table' || format.kind === 'wide') out.write(`${escapeControls(address)}\n`);
  else await writeData(out, format, { ip: address }, lookOf(session));
}
