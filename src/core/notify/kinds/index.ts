import type { Channel } from '../channel.ts';
import { discord } from './discord.ts';
import { email } from './email.ts';
import { exec } from './exec.ts';
import { gotify } from './gotify.ts';
import { inbox } from './inbox.ts';
import { ntfy } from './ntfy.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import { telegram } from './telegram.ts';
import { webhook } from './webhook.ts';

const all = [email, webhook, slack, discord, telegram, ntfy, gotify, pagerduty, teams, exec, inbox];

/** Every kind of channel, by its name. */
// biome-ignore lint/suspicious/noExplicitAny: each kind has settings of its own.
export const kinds: ReadonlyMap<string, Channel<any>> = new Map(all.map(kind => [kind.name, kind as Channel<any>]));
