/** What is watched, what became of it, and who is told. */
export const alerts = [
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

  `CREATE TABLE channels (
    id {SERIAL},
    name {NAME} NOT NULL UNIQUE,
    type {NAME} NOT NULL,
    settings {TEXT} NOT NULL,
    fallback {NUMBER} NOT NULL,
    subject {TEXT},
    body {TEXT},
    rate {NUMBER} NOT NULL,
    max_age {NUMBER} NOT NULL,
    disabled {TEXT},
    allowance {REAL} NOT NULL,
    allowed_at {NUMBER} NOT NULL,
    failing_since {NUMBER},
    told {NUMBER} NOT NULL,
    error {TEXT},
    sent {NUMBER},
    version {NUMBER} NOT NULL,
    created {NUMBER} NOT NULL,
    updated {NUMBER} NOT NULL
  ) {TABLE}`,

  `CREATE TABLE deliveries (
    id {SERIAL},
    message {NAME} NOT NULL UNIQUE,
    channel_id {NUMBER} NOT NULL,
    thread {NAME} NOT NULL,
    content {TEXT} NOT NULL,
    state {NAME} NOT NULL,
    attempts {NUMBER} NOT NULL,
    next_at {NUMBER} NOT NULL,
    digest {NAME},
    error_code {NAME},
    error_message {TEXT},
    created {NUMBER} NOT NULL,
    finished {NUMBER}
  ) {TABLE}`,
  'CREATE INDEX deliveries_by_channel ON deliveries (channel_id, state, id)',
  'CREATE INDEX deliveries_finished ON deliveries (state, finished)',

  `CREATE TABLE inbox (
    id {SERIAL},
    message {NAME} NOT NULL UNIQUE,
    at {NUMBER} NOT NULL,
    status {NAME} NOT NULL,
    severity {NAME} NOT NULL,
    title {TEXT} NOT NULL,
    content {TEXT} NOT NULL,
    seen {NUMBER}
  ) {TABLE}`,

  `CREATE TABLE alerts (
    id {SERIAL},
    subject {NAME} NOT NULL UNIQUE,
    state {NAME} NOT NULL,
    severity {NAME} NOT NULL,
    labels {TEXT} NOT NULL,
    summary {TEXT} NOT NULL,
    details {TEXT},
    firings {NUMBER} NOT NULL,
    at {NUMBER} NOT NULL,
    started {NUMBER} NOT NULL,
    ended {NUMBER},
    acknowledged {NUMBER},
    acknowledged_by {NAME},
    acknowledged_reason {TEXT},
    version {NUMBER} NOT NULL
  ) {TABLE}`,
  'CREATE INDEX alerts_by_state ON alerts (state, ended)',

  `CREATE TABLE routes (
    id {SERIAL},
    name {NAME} NOT NULL UNIQUE,
    place {NUMBER} NOT NULL,
    spec {TEXT} NOT NULL,
    version {NUMBER} NOT NULL,
    created {NUMBER} NOT NULL,
    updated {NUMBER} NOT NULL
  ) {TABLE}`,

  `CREATE TABLE alert_groups (
    id {NAME} PRIMARY KEY,
    route_id {NUMBER} NOT NULL,
    labels {TEXT} NOT NULL,
    next_at {NUMBER} NOT NULL,
    sent {NUMBER},
    version {NUMBER} NOT NULL,
    created {NUMBER} NOT NULL
  ) {TABLE}`,
  'CREATE INDEX alert_groups_due ON alert_groups (next_at)',

  `CREATE TABLE group_alerts (
    group_id {NAME} NOT NULL,
    subject {NAME} NOT NULL,
    told_firing {NUMBER},
    told_first {NUMBER},
    escalated {NUMBER} NOT NULL,
    PRIMARY KEY (group_id, subject)
  ) {TABLE}`,
  'CREATE INDEX group_alerts_by_alert ON group_alerts (subject)',

  `CREATE TABLE silences (
    id {SERIAL},
    matchers {TEXT} NOT NULL,
    subject {NAME},
    author {NAME} NOT NULL,
    reason {TEXT} NOT NULL,
    starts {NUMBER} NOT NULL,
    ends {NUMBER} NOT NULL,
    created {NUMBER} NOT NULL
  ) {TABLE}`,
  'CREATE INDEX silences_by_end ON silences (ends)',
] as const;
