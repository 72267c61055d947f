import type { WorkosSettings } from './options.ts';

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isFlag = (value: unknown) => typeof value === 'boolean';
const isSeconds = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 10 * 365 * 24 * 3600;
const orAbsent = (is: (value: unknown) => boolean) => (value: unknown) => value === null || is(value);

/** What may be changed from another process, and to what; null makes absent what may be absent. */
const rules: Partial<Record<keyof WorkosSettings, (value: unknown) => boolean>> = {
  issuer: orAbsent(isText),
  audience: orAbsent(isText),
  tokenLifetime: isSeconds,
  firstTokenLifetime: orAbsent(isSeconds),
  sessionLifetime: isSeconds,
  replayWindow: isSeconds,
  deviceCodeLifetime: isSeconds,
  interval: isSeconds,
  deviceGrant: isFlag,
  autoApprove: isFlag,
  organizationSelection: value => ['browser', 'none', 'error'].includes(value as string),
  publicOrganizationSelection: isFlag,
};

/** Changes the settings that are given, all or none; a string says what is wrong. */
export function changeSettings(settings: WorkosSettings, given: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, name) ? rules[name as keyof WorkosSettings] : undefined;
    if (!rule) return `there is no setting ${name}; settings are ${Object.keys(rules).join(', ')}`;
    if (!rule(value)) return `${name} cannot be ${JSON.stringify(value)}`;
  }
  for (const [name, value] of Object.entries(given)) Object.assign(settings, { [name]: value ?? undefined });
  return undefined;
}
