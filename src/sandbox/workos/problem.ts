/** An error reply of WorkOS, with its body as it is sent. */
export class WorkosProblem extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, body: Record<string, unknown>, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** An error in OAuth's shape. */
export function oauthProblem(error: string, description: string, status = 400): WorkosProblem {
  return new WorkosProblem(status, description, { error, error_description: description });
}

/** An error in WorkOS's own shape. */
export function codedProblem(status: number, code: string, message: string, more: object = {}): WorkosProblem {
  return new WorkosProblem(status, message, { code, message, ...more });
}

/** 404 for an id that is not there. */
export function absent(entity: string, id: string): WorkosProblem {
  return codedProblem(404, 'entity_not_found', `${entity} not found: '${id}'.`, { entity_id: id });
}

/** 422 for a field of a body or a query. */
export function invalidParameter(field: string, code: string): WorkosProblem {
  return invalidParameters([{ field, code }]);
}

/** 422 for several. */
export function invalidParameters(errors: readonly { field: string; code: string }[]): WorkosProblem {
  return codedProblem(422, 'invalid_request_parameters', 'Validation failed.', { errors });
}

/** What a fault of kind `status` answers on a path: each error in the shape in which WorkOS sends it there. */
export function faultProblem(path: string, status: number, code?: string, message?: string): WorkosProblem {
  const name = code ?? usual[status] ?? (status < 500 ? 'invalid_request' : 'internal_server_error');
  const text = message ?? name.replaceAll('_', ' ');
  return isOauth(path, status, name) ? oauthProblem(name, text, status) : codedProblem(status, name, text);
}

const usual: Record<number, string> = {
  401: 'unauthorized',
  403: 'access_denied',
  404: 'entity_not_found',
  422: 'invalid_request_parameters',
  429: 'too_many_requests',
};

const codedWith400 = ['invalid_organization_id', 'invalid_credentials', 'invalid_pending_authentication_token'];

function isOauth(path: string, status: number, name: string): boolean {
  if (!/^\/(user_management\/auth|oauth2\/token)/.test(path) || status >= 500) return false;
  if (status === 403) return name === 'access_denied';
  if (status === 429) return name !== 'daily_quota_exceeded';
  return status !== 422 && !codedWith400.includes(name);
}
