import { addMembership, addOrganization, addUser } from './add.ts';
import { permissionsOf, roleSlugs } from './permissions.ts';
import { emptyState, timestamp, type WorkosState } from './state.ts';

/** The password of every user that is there at the beginning. */
export const seedPassword = 'sandbox-password';

const organizations = [
  ['org_sandbox', 'Sandbox'],
  ['org_workshop', 'Workshop'],
] as const;

// Cleo is in two organizations, so that a choice between them can be tried.
const people = [
  ['user_sandbox_ada', 'ada@example.com', 'Ada', 'Example', { org_sandbox: 'admin' }],
  ['user_sandbox_ben', 'ben@example.com', 'Ben', 'Example', { org_sandbox: 'operator' }],
  ['user_sandbox_cleo', 'cleo@example.com', 'Cleo', 'Example', { org_sandbox: 'viewer', org_workshop: 'operator' }],
] as const;

/** What there is to begin with; `now` in milliseconds. No event tells of it. */
export function seedState(now: number): WorkosState {
  const state = emptyState();
  const realm = { state, now: () => now };
  const at = timestamp(now);
  for (const slug of roleSlugs) {
    state.roles.set(slug, {
      object: 'role',
      id: `role_sandbox_${slug}`,
      name: slug[0]!.toUpperCase() + slug.slice(1),
      slug,
      description: null,
      permissions: permissionsOf(slug),
      resource_type_slug: 'organization',
      type: 'EnvironmentRole',
      created_at: at,
      updated_at: at,
    });
  }
  for (const [id, name] of organizations) addOrganization(realm, { id, name });
  for (const [id, email, first_name, last_name, places] of people) {
    addUser(realm, { id, email, first_name, last_name, email_verified: true });
    state.passwords.set(id, seedPassword);
    for (const [organization_id, slug] of Object.entries(places)) {
      addMembership(realm, { user_id: id, organization_id, slugs: [slug] });
    }
  }
  state.events = [];
  return state;
}
