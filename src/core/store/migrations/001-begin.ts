/** Words in braces stand for what the two dialects say differently: see `words` of migrate.ts. */
export const begin = [
  `CREATE TABLE meta (
    name {NAME} PRIMARY KEY,
    value {TEXT} NOT NULL
  ) {TABLE}`,

  `CREATE TABLE jobs (
    id {SERIAL},
    unique_key {NAME} NOT NULL UNIQUE,
    name {NAME} NOT NULL,
    payload {TEXT} NOT NULL,
    state {NAME} NOT NULL,
    run_at {NUMBER} NOT NULL,
    attempts {NUMBER} NOT NULL,
    fence {NUMBER} NOT NULL,
    worker {NAME},
    lease_until {NUMBER},
    error_code {NAME},
    error_message {TEXT},
    created {NUMBER} NOT NULL,
    finished {NUMBER}
  ) {TABLE}`,
  'CREATE INDEX jobs_due ON jobs (state, run_at, id)',
  'CREATE INDEX jobs_leased ON jobs (state, lease_until)',
  'CREATE INDEX jobs_finished ON jobs (state, finished)',

  `CREATE TABLE schedules (
    id {SERIAL},
    name {NAME} NOT NULL UNIQUE,
    spec {TEXT} NOT NULL,
    version {NUMBER} NOT NULL,
    paused {NUMBER} NOT NULL,
    next_due {NUMBER},
    last_due {NUMBER},
    next_verify {NUMBER},
    last_verify {NUMBER},
    approval_since {NUMBER},
    created {NUMBER} NOT NULL,
    updated {NUMBER} NOT NULL
  ) {TABLE}`,

  `CREATE TABLE runs (
    id {NAME} PRIMARY KEY,
    kind {NAME} NOT NULL,
    schedule_id {NUMBER} NOT NULL,
    schedule_name {NAME} NOT NULL,
    server_id {NUMBER} NOT NULL,
    server_name {NAME} NOT NULL,
    due {NUMBER} NOT NULL,
    state {NAME} NOT NULL,
    step {NAME} NOT NULL,
    data {TEXT} NOT NULL,
    image_id {NUMBER},
    reason {TEXT},
    started {NUMBER},
    finished {NUMBER},
    UNIQUE (kind, schedule_id, server_id, due)
  ) {TABLE}`,
  'CREATE INDEX runs_by_state ON runs (state, due)',
  'CREATE INDEX runs_by_server ON runs (server_id, state)',

  `CREATE TABLE images (
    id {NUMBER} PRIMARY KEY,
    run_id {NAME} NOT NULL,
    schedule_id {NUMBER} NOT NULL,
    schedule_name {NAME} NOT NULL,
    server_id {NUMBER} NOT NULL,
    server_name {NAME} NOT NULL,
    created {NUMBER} NOT NULL,
    size {REAL},
    state {NAME} NOT NULL,
    protected {NUMBER} NOT NULL,
    hold_reason {TEXT},
    hold_until {NUMBER},
    delete_after {NUMBER},
    delete_reason {TEXT},
    verified {NUMBER},
    unmanaged {NUMBER} NOT NULL,
    released {NUMBER} NOT NULL,
    seen {NUMBER} NOT NULL
  ) {TABLE}`,
  'CREATE INDEX images_by_schedule ON images (schedule_id, server_id, created)',
  'CREATE INDEX images_by_run ON images (run_id)',

  `CREATE TABLE audit (
    seq {NUMBER} PRIMARY KEY,
    at {NUMBER} NOT NULL,
    of_seq {NUMBER},
    actor {NAME} NOT NULL,
    action {NAME} NOT NULL,
    target_type {NAME} NOT NULL,
    target_id {NAME} NOT NULL,
    target_name {NAME} NOT NULL,
    request_id {NAME},
    address {NAME},
    result {NAME} NOT NULL,
    reason {TEXT},
    difference {TEXT},
    hash {NAME} NOT NULL
  ) {TABLE}`,

  `CREATE TABLE checkpoints (
    seq {NUMBER} PRIMARY KEY,
    at {NUMBER} NOT NULL,
    hash {NAME} NOT NULL,
    signature {TEXT} NOT NULL
  ) {TABLE}`,

  `CREATE TABLE events (
    id {SERIAL},
    at {NUMBER} NOT NULL,
    type {NAME} NOT NULL,
    data {TEXT} NOT NULL
  ) {TABLE}`,
] as const;
