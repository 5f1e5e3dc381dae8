/**
 * Where changes of tables are kept, and the function that writes them. It runs in the transaction that makes the change, so
 * both happen or neither, whatever code made it: a resource, plain SQL, a cascade, COPY.
 *
 * It runs with the rights of its owner, since those who change a table need none in the schema `plinth`; nobody else may hang
 * it on a table and so write what never happened. What it does depends on its one argument, not on TG_TABLE_NAME: on a
 * partitioned table that would be the partition.
 */
export const capture = `
CREATE TABLE plinth.changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  schema_name text NOT NULL,
  table_name text NOT NULL,
  operation text NOT NULL CHECK (operation IN ('insert', 'update', 'delete', 'truncate')),
  key jsonb,
  old jsonb,
  new jsonb,
  actor text,
  role text NOT NULL,
  history boolean NOT NULL,
  live boolean NOT NULL
);
CREATE INDEX changes_xid ON plinth.changes (xid);
CREATE INDEX changes_key ON plinth.changes USING hash (key) WHERE history;
CREATE INDEX changes_passing ON plinth.changes (at) WHERE NOT history;
CREATE TABLE plinth.readers (
  name text PRIMARY KEY,
  seen pg_snapshot NOT NULL,
  reading pg_snapshot,
  after bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION plinth.capture() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $capture$
DECLARE
  spec jsonb := TG_ARGV[0]::jsonb;
  omitted text[] := ARRAY(SELECT jsonb_array_elements_text(spec->'omit'));
  before jsonb;
  after jsonb;
  key jsonb;
BEGIN
  IF TG_OP IN ('UPDATE', 'DELETE') THEN before := to_jsonb(OLD); END IF;
  IF TG_OP IN ('INSERT', 'UPDATE') THEN after := to_jsonb(NEW); END IF;
  -- Compared as jsonb: there are types without an equality of their own.
  IF TG_OP = 'UPDATE' AND before = after THEN RETURN NULL; END IF;
  IF TG_OP <> 'TRUNCATE' THEN
    SELECT jsonb_object_agg(name, coalesce(before, after) -> name) INTO key FROM jsonb_array_elements_text(spec->'key') AS name;
  END IF;
  INSERT INTO plinth.changes (schema_name, table_name, operation, key, old, new, actor, role, history, live)
  VALUES (
    spec->>'schema', spec->>'table', lower(TG_OP), key, before - omitted, after - omitted,
    nullif(current_setting('plinth.actor', true), ''), coalesce(nullif(current_setting('role', true), 'none'), session_user),
    (spec->>'history')::boolean, (spec->>'live')::boolean
  );
  RETURN NULL;
END
$capture$;
CREATE FUNCTION plinth.wake() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $wake$
BEGIN
  -- Without a payload: what is said twice in one transaction is sent once, and a row is never too large for it.
  PERFORM pg_notify('plinth_changes', '');
  RETURN NULL;
END
$wake$;
REVOKE ALL ON FUNCTION plinth.capture(), plinth.wake() FROM PUBLIC;
`
