import { capture } from '../outbox/capture-sql.ts'

/** A step of the schema `plinth`. What was released is never changed: databases have it. */
export interface FrameworkVersion {
  /** Counted from 1 without gaps. */
  readonly version: number
  readonly name: string
  /** Several statements. */
  readonly sql: string
}

const idempotency = `
CREATE TABLE plinth.idempotency_keys (
  scope text NOT NULL,
  key text NOT NULL,
  fingerprint text NOT NULL,
  status int,
  headers jsonb,
  body bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_expires_at ON plinth.idempotency_keys (expires_at);
`

const migrations = `
CREATE TABLE plinth.migrations (
  tag text PRIMARY KEY,
  position int NOT NULL,
  hash text NOT NULL,
  made_at bigint NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  took_ms int
);
`

export const frameworkVersions: readonly FrameworkVersion[] = [
  { version: 1, name: 'migrations of the application', sql: migrations },
  { version: 2, name: 'idempotency keys', sql: idempotency },
  { version: 3, name: 'changes of tables', sql: capture },
]
