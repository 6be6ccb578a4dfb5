{{/* Not empty where a Prometheus is to find this. */}}
{{- define "postgres.watched" -}}
{{- if ne .Values.global.monitoring "none" }}yes{{ end -}}
{{- end -}}

{{/*
What the exporter asks beside its own questions, the same with each of its versions. A row that is not
there is a series that is not there: nothing is told of what never happened.
*/}}
{{- define "postgres.queries" -}}
mcp_mesh_backup:
  query: SELECT {{ empty .Values.backup | ternary 0 1 }} AS enabled
    {{- with include "postgres.backup" . | fromYaml }}, {{ mul .everyMinutes 60 }} AS interval_seconds, {{ $.Values.verification.enabled | ternary 1 0 }} AS verification_enabled{{ end }}
  metrics:
    - enabled: { usage: GAUGE, description: 1 if backups are configured. }
{{- if .Values.backup }}
    - interval_seconds: { usage: GAUGE, description: How often a backup is due. }
    - verification_enabled: { usage: GAUGE, description: 1 if backups are restored and looked into. }
mcp_mesh_backup_failures:
  query: SELECT told->>'failures' AS total FROM mcp_mesh.backups() AS told WHERE told IS NOT NULL
  metrics:
    - total: { usage: COUNTER, description: Backups that failed. }
mcp_mesh_backup_last:
  query: |
    SELECT CASE one->>'type' WHEN 'full' THEN 'full' ELSE 'diff' END AS type,
      max((one->'timestamp'->>'stop')::bigint) AS success_timestamp_seconds
    FROM mcp_mesh.backups() AS told, json_array_elements(told->'info') AS stanza,
      json_array_elements(stanza->'backup') AS one
    WHERE one->>'error' IS DISTINCT FROM 'true' GROUP BY 1
  metrics:
    - type: { usage: LABEL, description: "full, or diff: of the changes." }
    - success_timestamp_seconds: { usage: GAUGE, description: When the last backup ended well. }
mcp_mesh_backup_last_size:
  query: |
    SELECT one->'info'->'repository'->>'delta' AS bytes
    FROM mcp_mesh.backups() AS told, json_array_elements(told->'info') AS stanza,
      json_array_elements(stanza->'backup') AS one
    WHERE one->>'type' = 'full' ORDER BY (one->'timestamp'->>'stop')::bigint DESC LIMIT 1
  metrics:
    - bytes: { usage: GAUGE, description: What the last full backup takes in the repository. }
mcp_mesh_backup_last_verified:
  query: |
    SELECT told->'verified'->>'at' AS timestamp_seconds
    FROM mcp_mesh.backups() AS told WHERE told->'verified'->>'at' IS NOT NULL
  metrics:
    - timestamp_seconds: { usage: GAUGE, description: When a restored backup was last found good. }
mcp_mesh_backup_verification:
  query: |
    SELECT (told->'lastVerification'->>'ok' <> 'true')::int AS failed
    FROM mcp_mesh.backups() AS told WHERE told->'lastVerification'->>'ok' IS NOT NULL
  metrics:
    - failed: { usage: GAUGE, description: 1 if the last backup that was looked into was not good. }
mcp_mesh_backup_verified:
  query: |
    SELECT phase, told->'verified'->>(phase || 'Seconds') AS seconds
    FROM mcp_mesh.backups() AS told, unnest(ARRAY['restore', 'recovery', 'check']) AS phase
    WHERE told->'verified'->>'at' IS NOT NULL
  metrics:
    - phase: { usage: LABEL, description: "restore, recovery, or check: of what was restored." }
    - seconds: { usage: GAUGE, description: How long each part of the last good verification took. }
mcp_mesh_backup_verified_size:
  query: |
    SELECT told->'verified'->>'bytes' AS bytes
    FROM mcp_mesh.backups() AS told WHERE told->'verified'->>'bytes' IS NOT NULL
  metrics:
    - bytes: { usage: GAUGE, description: What the last good verification restored. }
{{ include "postgres.archiveQueries" . }}
mcp_mesh_archive_last:
  query: |
    SELECT extract(epoch FROM last_archived_time) AS success_timestamp_seconds
    FROM pg_stat_archiver WHERE last_archived_time IS NOT NULL
  metrics:
    - success_timestamp_seconds: { usage: GAUGE, description: When a segment of the log was last archived. }
{{- end }}
{{- if .Values.replicas }}
{{ include "postgres.replicaQueries" . }}
{{- end }}
{{- end -}}

{{/*
Beside the server, so that it comes over its socket: the server knows it by the user that it runs as,
and there is no password to be kept, rotated or lost. It is the only one of this pod under that user.
*/}}
{{- define "postgres.exporterContainer" -}}
- name: exporter
  image: {{ include "mesh-lib.reference" (list . .Values.exporter.image) }}
  imagePullPolicy: IfNotPresent
  securityContext:
    runAsUser: 65534
    runAsGroup: 65534
    {{- index (include "mesh-lib.containerSecurity" . | fromYaml) "securityContext" | toYaml | nindent 4 }}
  args:
    - --extend.query-path=/etc/mcp-mesh/postgres/queries.yaml
    - --web.listen-address=:9187
    - --log.level=warn
  env:
    - name: DATA_SOURCE_NAME
      value: host=/var/run/postgresql user=mcp_mesh_monitor dbname=postgres sslmode=disable
  ports:
    - name: metrics
      containerPort: 9187
  resources:
    {{- toYaml .Values.exporter.resources | nindent 4 }}
  # Of the process alone: a server that does not answer is for the metrics to tell, and figures that
  # nobody gets must not take the database from those who use it.
  readinessProbe:
    httpGet: { path: /, port: metrics }
    periodSeconds: 10
    timeoutSeconds: 5
    failureThreshold: 6
  livenessProbe:
    httpGet: { path: /, port: metrics }
    periodSeconds: 20
    timeoutSeconds: 5
    failureThreshold: 6
  volumeMounts:
    - name: run
      mountPath: /var/run/postgresql
      readOnly: true
    - name: files
      mountPath: /etc/mcp-mesh/postgres
      readOnly: true
{{- end -}}

{{/*
PodMonitor, because neither CloudNativePG's Services have the metrics' port, nor is there one Service
for main and standbys, which are one workload.
*/}}
{{- define "postgres.podMonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  {{- include "mesh-lib.metadata" (list . (include "mesh-lib.fullname" .)) | nindent 2 }}
spec:
  jobLabel: app.kubernetes.io/component
  selector:
    matchLabels:
      {{- if eq .Values.mode "cnpg" }}
      cnpg.io/cluster: {{ include "mesh-lib.fullname" . | quote }}
      cnpg.io/podRole: instance
      {{- else }}
      {{- include "mesh-lib.selector" . | nindent 6 }}
      {{- end }}
  podMetricsEndpoints:
    - port: metrics
      path: /metrics
      interval: 15s
      scrapeTimeout: 10s
      relabelings:
        - targetLabel: service
          replacement: {{ include "mesh-lib.fullname" . | quote }}
{{- end -}}
