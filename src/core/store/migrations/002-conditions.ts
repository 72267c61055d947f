/** Changes of what is watched, to be read in their order. */
export const conditions = [
  `CREATE TABLE conditions (
    id {SERIAL},
    subject {NAME} NOT NULL,
    at {NUMBER} NOT NULL,
    firing {NUMBER} NOT NULL,
    severity {NAME} NOT NULL,
    labels {TEXT} NOT NULL,
    summary {TEXT} NOT NULL,
    details {TEXT}
  ) {TABLE}`,
] as const;
