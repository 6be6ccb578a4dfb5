-- Counts the segments that an archive lacks: "latest", since its newest full backup began, without
-- which nothing newer can be restored; and "older", without which only some past times can't be.
-- Takes: repository, last (the server's last archived segment), and the files of archive.sh.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE TEMPORARY TABLE segment (path text);
-- Such as 15-1/0000000100000000/000000010000000000000001-HASH.zst.
\copy segment FROM '/tmp/archive-segments'
\set info `cat /tmp/archive-info`
CREATE FUNCTION pg_temp.place(name text) RETURNS bigint LANGUAGE sql AS $$
  SELECT ('x' || lpad(substr(name, 9, 8), 16, '0'))::bit(64)::bigint
      * (4294967296 / (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size'))
    + ('x' || lpad(substr(name, 17, 8), 16, '0'))::bit(64)::bigint
$$;
WITH full_backups AS (
  SELECT backup->'archive'->>'start' AS start
  FROM json_array_elements(:'info'::json) AS stanza, json_array_elements(stanza->'backup') AS backup
  WHERE backup->>'type' = 'full'
), useful AS (
  SELECT min(start) AS oldest, max(start) AS newest FROM full_backups
), stored AS (
  SELECT split_part(path, '/', 1) AS server, substr(split_part(path, '/', 3), 1, 24) AS name
  FROM segment
), known AS (
  SELECT server, name, pg_temp.place(name) AS at FROM stored, useful WHERE name >= oldest
  UNION ALL
  -- All that the server has archived is expected, too: as if the one after it were there.
  SELECT (SELECT max(server) FROM stored), :'last', pg_temp.place(:'last') + 1 FROM useful
  WHERE :'last' ~ '^[0-9A-F]{24}$' AND :'last' >= oldest
    AND :'last' > coalesce((SELECT max(name) FROM stored), '')
), expected AS (
  -- Of each timeline all, and a new one begins where the one before it ended.
  SELECT name, at, lag(at, 1, pg_temp.place(oldest) - 1) OVER (PARTITION BY server ORDER BY name) + 1
    AS since FROM known, useful
), gap AS (
  SELECT at - since AS lacks, CASE
      WHEN substr(name, 1, 8) < substr(newest, 1, 8) THEN 0
      ELSE greatest(0, at - greatest(since, pg_temp.place(newest)))
    END AS latest
  FROM expected, useful WHERE at > since
)
SELECT json_build_object('repository', :'repository', 'latest', coalesce(sum(latest), 0),
  'older', coalesce(sum(lacks - latest), 0)) FROM gap;
