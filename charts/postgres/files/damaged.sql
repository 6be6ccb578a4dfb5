-- The newest backup of a repository, if it holds a page whose checksum is wrong and there is another
-- without. Takes the file of archive.sh.
\set ON_ERROR_STOP on
\set info `cat /tmp/archive-info`
WITH taken AS (
  SELECT one->>'label' AS label, (one->'timestamp'->>'stop')::bigint AS at,
    coalesce((one->>'error')::boolean, false) AS damaged
  FROM json_array_elements(:'info'::json) AS stanza, json_array_elements(stanza->'backup') AS one
)
SELECT label FROM taken
WHERE damaged AND at = (SELECT max(at) FROM taken) AND EXISTS (SELECT FROM taken WHERE NOT damaged);
