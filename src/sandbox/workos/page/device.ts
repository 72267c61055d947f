import { isCrossSite } from '../../cross-site.ts';
import { approve, deny, findWaiting } from '../device.ts';
import { activeMemberships, findUser, requireUser } from '../people.ts';
import { WorkosProblem } from '../problem.ts';
import { type Realm, textOf, type WorkosHandler, type WorkosReply } from '../realm.ts';
import type { DeviceCode, Membership, User } from '../state.ts';
import { escapeHtml, renderPage } from './layout.ts';

/** Asks for the code, or where it is known for the person's answer. */
export const showDevicePage: WorkosHandler = (realm, { query }) => {
  const userCode = query.get('user_code');
  if (!userCode) return askCode();
  return forPeople(() => askAnswer(realm, findWaiting(realm, userCode), findUser(realm)));
};

/** Takes the person's answer, from the page itself only. */
export const answerDevicePage: WorkosHandler = (realm, { body, headers }) => {
  if (isCrossSite(headers)) return renderPage(403, 'Not from this page', alert('This request came from another site.'));
  return forPeople(() => {
    const code = findWaiting(realm, textOf(body, 'user_code') ?? '');
    if (textOf(body, 'form_token') !== code.formToken) {
      return renderPage(403, 'Not from this page', alert('This form is out of date. Open the link again.'));
    }
    const answer = textOf(body, 'answer');
    if (answer === 'deny') return refuse(realm, code);
    const user = requireUser(realm, textOf(body, 'user') ?? '');
    const organization = textOf(body, 'organization');
    const offered = offer(realm, user);
    const isChosen = offered.length === 0 || offered.some(({ organization_id: id }) => id === organization);
    if (answer === 'approve' && isChosen)
      return accept(realm, code, user, offered.length > 0 ? organization : undefined);
    const note = answer === 'approve' ? `Choose an organization of ${nameOf(user)}, then approve.` : undefined;
    return askAnswer(realm, code, user, note);
  });
};

/** The organizations that the page lets the person choose from. */
function offer(realm: Realm, user: User): Membership[] {
  return asksOrganization(realm) ? activeMemberships(realm, user.id) : [];
}

function asksOrganization({ settings }: Realm): boolean {
  return settings.organizationSelection === 'browser';
}

function accept(realm: Realm, { userCode }: DeviceCode, user: User, organization: string | undefined): WorkosReply {
  approve(realm, userCode, { user: user.id, organization });
  const place = organization === undefined ? '' : ` in ${realm.state.organizations.get(organization)!.name}`;
  const text = `You are ${nameOf(user)}${place}. Go back to the terminal; you can close this page.`;
  return renderPage(200, 'Signed in', `<p>${escapeHtml(text)}</p>`);
}

function refuse(realm: Realm, { userCode }: DeviceCode): WorkosReply {
  deny(realm, userCode);
  return renderPage(200, 'Denied', '<p>Nobody was signed in. You can close this page.</p>');
}

/** A problem with the code or the choice is told on the page that asks for the code. */
function forPeople(show: () => WorkosReply): WorkosReply {
  try {
    return show();
  } catch (error) {
    if (error instanceof WorkosProblem) return askCode(error);
    throw error;
  }
}

function askCode(problem?: WorkosProblem): WorkosReply {
  return renderPage(
    problem?.status ?? 200,
    'Sign in a device',
    `${problem ? alert(problem.message) : ''}
<form method="get" action="/device">
<div class="field">
<label for="user_code">Code that the terminal shows</label>
<input id="user_code" name="user_code" placeholder="BCDF-GHJK" autocomplete="off" autocapitalize="characters" spellcheck="false" required autofocus>
</div>
<div class="row"><button id="continue" class="main">Continue</button></div>
</form>`,
  );
}

function askAnswer(realm: Realm, code: DeviceCode, user: User, note?: string): WorkosReply {
  const users = [...realm.state.users.values()].map(one => option(one.id, one.email, one === user));
  return renderPage(
    note === undefined ? 200 : 422,
    'Let this terminal sign in?',
    `<p>Go on only if your terminal shows this code.</p>
<p class="code">${code.userCode}</p>
${note === undefined ? '' : alert(note)}
<form method="post" action="/device" autocomplete="off">
<input id="user_code" type="hidden" name="user_code" value="${code.userCode}">
<input type="hidden" name="form_token" value="${code.formToken}">
<div class="field">
<label for="user">Sign in as</label>
<div class="row">
<select id="user" name="user">${users.join('')}</select>
${asksOrganization(realm) ? '<button id="choose" name="answer" value="choose">Choose</button>' : ''}
</div>
</div>
${askOrganization(offer(realm, user), user)}
<div class="row">
<button id="approve" class="main" name="answer" value="approve">Approve</button>
<button id="deny" name="answer" value="deny">Deny</button>
</div>
</form>`,
  );
}

function askOrganization(offered: readonly Membership[], user: User): string {
  if (offered.length === 0) return '';
  const options = offered.map(({ organization_id, organization_name, role }) =>
    option(organization_id, `${organization_name} (${role.slug})`, false),
  );
  return `<div class="field">
<label for="organization">Organization of ${escapeHtml(nameOf(user))}</label>
<select id="organization" name="organization">${options.join('')}</select>
</div>`;
}

function option(value: string, text: string, isSelected: boolean): string {
  return `<option value="${escapeHtml(value)}"${isSelected ? ' selected' : ''}>${escapeHtml(text)}</option>`;
}

function alert(text: string): string {
  return `<p class="alert" role="alert">${escapeHtml(text)}</p>`;
}

function nameOf({ name, email }: User): string {
  return name ?? email;
}
