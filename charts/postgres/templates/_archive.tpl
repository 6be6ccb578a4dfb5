{{/* What the exporter asks of gaps in the archive, and of the second repository. */}}
{{- define "postgres.archiveQueries" -}}
mcp_mesh_archive:
  query: |
    SELECT one->>'repository' AS repository, span, one->>span AS missing_segments
    FROM mcp_mesh.backups() AS told, json_array_elements(told->'missing') AS one,
      unnest(ARRAY['latest', 'older']) AS span
  metrics:
    - repository: { usage: LABEL, description: "1, or 2: the second one." }
    - span: { usage: LABEL, description: "latest: since the newest full backup; or older." }
    - missing_segments: { usage: GAUGE, description: Segments that the archive lacks. }
{{- if .Values.backup.second }}
mcp_mesh_backup_second:
  query: SELECT 1 AS enabled
  metrics:
    - enabled: { usage: GAUGE, description: 1 if there is a second repository. }
mcp_mesh_backup_second_last:
  query: |
    SELECT CASE one->>'type' WHEN 'full' THEN 'full' ELSE 'diff' END AS type,
      max((one->'timestamp'->>'stop')::bigint) AS success_timestamp_seconds
    FROM mcp_mesh.backups() AS told,
      json_array_elements(CASE json_typeof(told->'second') WHEN 'array' THEN told->'second' ELSE '[]' END)
        AS stanza,
      json_array_elements(stanza->'backup') AS one
    WHERE one->>'error' IS DISTINCT FROM 'true' GROUP BY 1
  metrics:
    - type: { usage: LABEL, description: "full, or diff: of the changes." }
    - success_timestamp_seconds: { usage: GAUGE, description: When the last one to the second repository ended well. }
{{- end }}
{{- end -}}
