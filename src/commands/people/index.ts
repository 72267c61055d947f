import { permit } from '../../core/resources/permit.ts';
import { role } from '../../core/resources/role.ts';
import { session } from '../../core/resources/session.ts';
import { token } from '../../core/resources/token.ts';
import { user } from '../../core/resources/user.ts';
import type { Group } from '../command.ts';
import { resourceGroup } from '../resource-group.ts';
import { env } from './env.ts';
import { grantRole } from './role-grant.ts';
import { createToken } from './token-create.ts';
import { createUser } from './user-create.ts';

/** Who may use the daemon, by what they come in, and what they may. */
export const groups: Readonly<Record<string, Group>> = {
  user: resourceGroup(user, [createUser]),
  token: resourceGroup(token, [createToken]),
  session: resourceGroup(session),
  role: resourceGroup(role, [grantRole]),
  permit: resourceGroup(permit),
  gateway: { name: 'gateway', commands: [env] },
};
