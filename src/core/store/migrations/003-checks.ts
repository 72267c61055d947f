/** What is watched, the states it was in, and when it is worked on. */
export const checks = [
  `CREATE TABLE checks (
    id {SERIAL},
    name {NAME} NOT NULL UNIQUE,
    kind {NAME} NOT NULL,
    settings {TEXT} NOT NULL,
    policy {TEXT} NOT NULL,
    labels {TEXT} NOT NULL,
    parent_id {NUMBER},
    paused {NUMBER} NOT NULL,
    every {NUMBER} NOT NULL,
    timeout {NUMBER} NOT NULL,
    next_due {NUMBER} NOT NULL,
    claim {NAME} NOT NULL,
    lease_until {NUMBER} NOT NULL,
    state {NAME} NOT NULL,
    since {NUMBER} NOT NULL,
    checked {NUMBER},
    status {TEXT} NOT NULL,
    token {NAME},
    beat {TEXT},
    created {NUMBER} NOT NULL,
    updated {NUMBER} NOT NULL
  ) {TABLE}`,
  'CREATE INDEX checks_due ON checks (paused, next_due)',
  'CREATE INDEX checks_claimed ON checks (claim)',
  'CREATE INDEX checks_by_token ON checks (token)',
  'CREATE INDEX checks_by_parent ON checks (parent_id)',

  `CREATE TABLE states (
    id {SERIAL},
    check_id {NUMBER} NOT NULL,
    state {NAME} NOT NULL,
    begun {NUMBER} NOT NULL,
    ended {NUMBER},
    reason {TEXT} NOT NULL
  ) {TABLE}`,
  'CREATE INDEX states_by_check ON states (check_id, begun)',
  'CREATE INDEX states_ended ON states (ended)',

  `CREATE TABLE maintenances (
    id {SERIAL},
    name {NAME} NOT NULL,
    spec {TEXT} NOT NULL,
    created {NUMBER} NOT NULL,
    ended {NUMBER}
  ) {TABLE}`,
] as const;
