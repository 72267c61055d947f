/**
 * Each command line of hcloud's manual for these resources, with what must be sent: method, path and body of every
 * request that changes something (`$name` is the id of that fixture), or undefined for those that only read.
 */
export type Line = readonly [line: string, request?: string, body?: unknown];
