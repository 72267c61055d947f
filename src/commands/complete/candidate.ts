/** One word that could stand at the cursor. */
export interface Candidate {
  readonly word: string;
  readonly summary?: string;
}

/** Everything that could stand at the cursor, whole words; with `files` the shell adds the names of files. */
export interface Answer {
  readonly candidates: readonly Candidate[];
  /** What of the word is before the name of a file: `--config=`. */
  readonly files?: { readonly lead: string };
}

/** Nothing to offer. */
export const nothing: Answer = { candidates: [] };

/** The candidates in the order of their words. */
export function sortCandidates(candidates: readonly Candidate[]): Candidate[] {
  return [...candidates].sort((a, b) => (a.word < b.word ? -1 : a.word > b.word ? 1 : 0));
}
