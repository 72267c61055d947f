import type { AddressInfo, Server } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Result } from '../../../src/core/checks/check.ts';
import { findKind } from '../../../src/core/checks/kinds.ts';
import { readSettings } from '../../../src/core/checks/settings.ts';
import type { CheckTools } from '../../../src/core/checks/tools.ts';
import { createGuard, lookUp } from '../../../src/core/transport/guard.ts';

/** Looks once as a check of that kind with these settings would, with what is given of the tools. */
export async function look(
  name: string,
  given: Readonly<Record<string, unknown>>,
  { timeout = 3000, ...tools }: Partial<CheckTools> = {},
): Promise<Result> {
  const kind = findKind(name);
  const settings = await readSettings(kind, given);
  const controller = new AbortController();
  const late = setTimeout(() => controller.abort(new Error('timeout')), timeout);
  try {
    return await kind.run(settings as never, {
      ...{ now: Date.now, signal: controller.signal, timeout, listening: 0 },
      guard: createGuard(lookUp, () => ['127.0.0.0/8', '::1'], 'allow-private-checks'),
      servers: async () => [],
      monthlyCost: async () => ({ net: 0, gross: 0, currency: 'EUR' }),
      backups: async () => undefined,
      ...tools,
    });
  } finally {
    clearTimeout(late);
  }
}

/** The server on a port of this machine until the test ends; the port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    if ('closeAllConnections' in server) (server as { closeAllConnections(): void }).closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
