/** A set of known words that may grow: an unknown one must be passed through, never rejected. */
export type Open<Known extends string> = Known | (string & {});

/** Labels of a resource; a PUT replaces the whole map. */
export type Labels = Record<string, string>;

/** Where a page stands in its list, counted from 1; the last four may be null. */
export interface Pagination {
  page: number;
  per_page: number;
  previous_page: number | null;
  next_page: number | null;
  last_page: number | null;
  total_entries: number | null;
}

/** What every list carries beside its rows. */
export interface Meta {
  pagination: Pagination;
}

/** The details of `invalid_input`, `uniqueness_error`, `resource_limit_exceeded` and `deprecated_api_endpoint`. */
export interface ApiErrorDetails {
  fields?: { name: string; messages?: string[] }[];
  limits?: { name: string }[];
  announcement?: string;
  [other: string]: unknown;
}

/** When something is withdrawn: announced at, and no longer to be had after. */
export interface Deprecation {
  announced: string;
  unavailable_after: string;
}

/** The processor of a server type, image or ISO. */
export type Architecture = Open<'x86' | 'arm'>;
