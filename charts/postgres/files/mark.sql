-- Marks a point in time of which it is known exactly what there was: the rows of each table below
-- 1 GiB, a marker before and a marker after. All lines that it prints are looked for in a restore.
-- Takes: backup.
\set ON_ERROR_STOP on
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS mcp_mesh;
CREATE TABLE IF NOT EXISTS mcp_mesh.markers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  backup text NOT NULL
);
DELETE FROM mcp_mesh.markers WHERE at < now() - interval '90 days';
INSERT INTO mcp_mesh.markers (backup) VALUES (:'backup') RETURNING id AS marker \gset
SELECT string_agg(format('%I.%I', nspname, relname), ', ') AS tables,
  string_agg(
    format('SELECT concat_ws(''|'', ''rows'', %L, count(*)) FROM %I.%I',
      format('%I.%I', nspname, relname), nspname, relname), ' UNION ALL ') AS counts
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE relkind = 'r' AND relpersistence <> 't' AND nspname !~ '^(pg_|information_schema$)'
    AND pg_table_size(pg_class.oid) < 1073741824 \gset

-- While the tables are locked, nobody writes to them: what this transaction sees from then on is what
-- there was at that time. The locks go with the savepoint, long before all is counted. Whoever writes
-- waits for half a second at most, and an autovacuum or a deadlock gives way after a tenth of one.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SAVEPOINT locked;
SET LOCAL lock_timeout = '500ms';
SET LOCAL deadlock_timeout = '100ms';
LOCK TABLE :tables IN SHARE MODE;
SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US"+00"') AS target \gset
ROLLBACK TO SAVEPOINT locked;
\echo 'backup|':backup
\echo 'target|':target
\echo 'marker|':marker
:counts;
COMMIT;

INSERT INTO mcp_mesh.markers (backup) VALUES (:'backup') RETURNING id AS beyond \gset
\echo 'beyond|':beyond
-- The last line alone is for the archive: the segment that all of this is in.
SELECT pg_walfile_name(pg_switch_wal());
