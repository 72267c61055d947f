/** Who may do what through the gateway, what belongs to whom, and the projects behind it. */
export const gateway = [
  `CREATE TABLE projects (
    id {SERIAL},
    name {NAME} NOT NULL UNIQUE,
    endpoint {TEXT} NOT NULL,
    token {TEXT},
    token_expires {NUMBER},
    created {NUMBER} NOT NULL,
    updated {NUMBER} NOT NULL
  ) {TABLE}`,

  `CREATE TABLE users (
    id {SERIAL},
    email {NAME} NOT NULL UNIQUE,
    name {NAME} NOT NULL,
    role {NAME} NOT NULL,
    team {NAME},
    project_id {NUMBER},
    state {NAME} NOT NULL,
    password {TEXT},
    workos_id {NAME} UNIQUE,
    workos_role {NAME},
    workos_at {NUMBER},
    invitation {NAME} UNIQUE,
    invited_until {NUMBER},
    seen {NUMBER},
    created {NUMBER} NOT NULL,
    updated {NUMBER} NOT NULL
  ) {TABLE}`,
  'CREATE INDEX users_by_team ON users (team)',

  `CREATE TABLE tokens (
    id {SERIAL},
    kind {NAME} NOT NULL,
    name {NAME} NOT NULL,
    hash {NAME} NOT NULL UNIQUE,
    user_id {NUMBER},
    issuer {NAME} NOT NULL,
    workos_session {NAME},
    role {NAME},
    permissions {TEXT},
    selector {TEXT},
    project_id {NUMBER},
    address {NAME},
    created {NUMBER} NOT NULL,
    expires {NUMBER} NOT NULL,
    used {NUMBER},
    revoked {NUMBER}
  ) {TABLE}`,
  'CREATE INDEX tokens_by_user ON tokens (user_id, kind)',
  'CREATE INDEX tokens_by_end ON tokens (expires)',

  `CREATE TABLE workos_ends (
    subject {NAME} PRIMARY KEY,
    issued {NUMBER} NOT NULL,
    created {NUMBER} NOT NULL
  ) {TABLE}`,

  `CREATE TABLE roles (
    id {SERIAL},
    name {NAME} NOT NULL UNIQUE,
    summary {TEXT} NOT NULL,
    permissions {TEXT} NOT NULL,
    created {NUMBER} NOT NULL,
    updated {NUMBER} NOT NULL
  ) {TABLE}`,

  `CREATE TABLE permits (
    id {SERIAL},
    user_id {NUMBER} NOT NULL,
    permission {NAME} NOT NULL,
    project_id {NUMBER} NOT NULL,
    type {NAME} NOT NULL,
    resource_id {NUMBER} NOT NULL,
    author {NAME} NOT NULL,
    created {NUMBER} NOT NULL,
    UNIQUE (user_id, permission, project_id, type, resource_id)
  ) {TABLE}`,

  `CREATE TABLE ownerships (
    id {SERIAL},
    project_id {NUMBER} NOT NULL,
    type {NAME} NOT NULL,
    resource_id {NUMBER} NOT NULL,
    owner {NAME} NOT NULL,
    author {NAME} NOT NULL,
    request {NAME},
    created {NUMBER} NOT NULL,
    closed {NUMBER},
    UNIQUE (project_id, type, resource_id)
  ) {TABLE}`,
  'CREATE INDEX ownerships_by_owner ON ownerships (owner, type, closed)',

  `CREATE TABLE intents (
    request {NAME} PRIMARY KEY,
    project_id {NUMBER} NOT NULL,
    type {NAME} NOT NULL,
    owner {NAME} NOT NULL,
    author {NAME} NOT NULL,
    state {NAME} NOT NULL,
    resource_id {NUMBER},
    created {NUMBER} NOT NULL,
    updated {NUMBER} NOT NULL
  ) {TABLE}`,
  'CREATE INDEX intents_open ON intents (state, owner, type)',
  'CREATE INDEX intents_by_age ON intents (created)',

  `CREATE TABLE deeds (
    project_id {NUMBER} NOT NULL,
    action_id {NUMBER} NOT NULL,
    owner {NAME} NOT NULL,
    author {NAME} NOT NULL,
    created {NUMBER} NOT NULL,
    PRIMARY KEY (project_id, action_id)
  ) {TABLE}`,
  'CREATE INDEX deeds_by_age ON deeds (created)',

  `CREATE TABLE quotas (
    id {SERIAL},
    owner {NAME} NOT NULL,
    type {NAME} NOT NULL,
    most {NUMBER} NOT NULL,
    updated {NUMBER} NOT NULL,
    UNIQUE (owner, type)
  ) {TABLE}`,

  `CREATE TABLE reservations (
    owner {NAME} NOT NULL,
    seq {NUMBER} NOT NULL,
    project_id {NUMBER} NOT NULL,
    request {NAME},
    wanted {TEXT} NOT NULL,
    until {NUMBER} NOT NULL,
    created {NUMBER} NOT NULL,
    PRIMARY KEY (owner, seq)
  ) {TABLE}`,

  `CREATE TABLE approvals (
    id {SERIAL},
    user_id {NUMBER},
    requester {NAME} NOT NULL,
    project_id {NUMBER} NOT NULL,
    method {NAME} NOT NULL,
    path {TEXT} NOT NULL,
    permission {NAME} NOT NULL,
    body {TEXT},
    live {NAME} UNIQUE,
    state {NAME} NOT NULL,
    decided_by {NAME},
    decided {NUMBER},
    created {NUMBER} NOT NULL,
    expires {NUMBER} NOT NULL
  ) {TABLE}`,
  'CREATE INDEX approvals_by_state ON approvals (state, expires)',
] as const;
