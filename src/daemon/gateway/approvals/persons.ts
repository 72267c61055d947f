/** Somebody, as far as is told of who it is. */
export interface Somebody {
  /** As the audit log has it. */
  readonly name: string;
  /** Id of the user, where it is one. */
  readonly user?: number | null | undefined;
}

/** Whether two may be the same person: one user by different tokens, or somebody who acts as another. */
export function isSamePerson(one: Somebody, other: Somebody): boolean {
  const theirs = personsOf(other);
  return personsOf(one).some(person => theirs.includes(person));
}

/** Who is meant by a name: `ada@example.com`, `token ci (ada@example.com)`, `ada@example.com (by bob@example.com)`. */
function personsOf({ name, user }: Somebody): readonly string[] {
  const [, before = name, within] = /^(.*) \((?:by )?([^()]*)\)$/.exec(name) ?? [];
  const named = before.startsWith('token ') ? [] : [before];
  return [...named, ...(within === undefined ? [] : [within]), ...(typeof user === 'number' ? [`user ${user}`] : [])];
}
