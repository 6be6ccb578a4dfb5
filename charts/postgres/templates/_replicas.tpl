{{/* Read replicas: the StatefulSets, which can change roles, and what their pods need for that. */}}

{{/* A list of the StatefulSets, each a mapping with `name`, `replicas` and `stream`. */}}
{{- define "postgres.streams" -}}
{{- $name := include "mesh-lib.fullname" . -}}
- { name: {{ $name }}, replicas: 1, stream: main }
{{- with .Values.replicas }}
- { name: {{ $name }}-standby, replicas: {{ . }}, stream: standby }
{{- end }}
{{- end -}}

{{/* Which pod takes writes. */}}
{{- define "postgres.writer" -}}
{{ include "mesh-lib.fullname" . }}{{ eq .Values.primary "standby" | ternary "-standby" "" }}-0
{{- end -}}

{{/* The labels of the pod that takes writes. */}}
{{- define "postgres.writersLabels" -}}
{{ include "mesh-lib.selector" . }}
{{- if .Values.replicas }}
mcp-mesh.dev/stream: {{ .Values.primary }}
apps.kubernetes.io/pod-index: "0"
{{- end }}
{{- end -}}

{{/* The claim with the backups of the pod that takes writes. */}}
{{- define "postgres.writersRepository" -}}
{{- if eq .Values.primary "standby" -}}
repository-{{ include "postgres.writer" . }}
{{- else -}}
{{ .Values.backup.existingClaim | default (include "postgres.repositoryName" .) }}
{{- end -}}
{{- end -}}

{{/* For logins.sh: all pods that may follow; the writer is told by its own name. */}}
{{- define "postgres.followersEnv" -}}
- name: RELEASE
  value: {{ include "mesh-lib.fullname" . | quote }}
- name: FOLLOWERS
  {{- $pods := list }}
  {{- if .Values.replicas }}
  {{- range $set := include "postgres.streams" . | fromYamlArray }}
  {{- range $index := until (int $set.replicas) }}{{ $pods = append $pods (printf "%s-%d" $set.name $index) }}{{ end }}
  {{- end }}
  {{- end }}
  value: {{ join " " $pods | quote }}
{{- end -}}

{{/* Empty without replicas. */}}
{{- define "postgres.replicationMount" -}}
{{- if .Values.replicas -}}
- name: replication
  mountPath: /etc/mcp-mesh/replication
  readOnly: true
{{- end -}}
{{- end -}}

{{/* In memory: the login as libpq reads it. Empty without replicas. */}}
{{- define "postgres.replicationLoginMount" -}}
{{- if .Values.replicas -}}
- name: replication-login
  mountPath: /run/mcp-mesh-replication
{{- end -}}
{{- end -}}

{{- define "postgres.replicaVolumes" -}}
{{- if .Values.replicas -}}
- name: roles
  configMap:
    name: {{ include "mesh-lib.fullname" . }}-roles
- name: replication
  secret:
    secretName: {{ .Values.replication.existingSecret | quote }}
    defaultMode: 288 # 0440
- name: replication-login
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
{{- end -}}
{{- end -}}

{{/* Before all others: whoever follows has its data from the writer, and none is restored. */}}
{{- define "postgres.roleContainer" -}}
- name: role
  image: {{ include "mesh-lib.image" . }}
  imagePullPolicy: IfNotPresent
  {{- include "mesh-lib.containerSecurity" . | nindent 2 }}
  command: [sh, /etc/mcp-mesh/postgres/role.sh]
  env:
    - name: PGDATA
      value: {{ include "postgres.pgdata" . }}
    - name: RELEASE
      value: {{ include "mesh-lib.fullname" . | quote }}
  resources:
    {{- toYaml .Values.resources | nindent 4 }}
  volumeMounts:
    - name: data
      mountPath: /var/lib/mcp-mesh/data
    - name: run
      mountPath: /var/run/postgresql
    - name: tmp
      mountPath: /tmp
    - name: files
      mountPath: /etc/mcp-mesh/postgres
      readOnly: true
    - name: roles
      mountPath: /etc/mcp-mesh/roles
      readOnly: true
    - name: tls
      mountPath: /etc/mcp-mesh/tls
      readOnly: true
    {{- include "postgres.replicationMount" . | nindent 4 }}
    {{- include "postgres.replicationLoginMount" . | nindent 4 }}
{{- end -}}

{{/* What the network opens: with replicas, the pods ask each other, too. */}}
{{- define "postgres.network" -}}
{{- $network := deepCopy .Values.network -}}
{{- if .Values.replicas -}}
{{- $name := include "mesh-lib.fullname" . -}}
{{- $_ := set $network "ingress" (append $network.ingress $name) -}}
{{- $_ := set $network "egress" (append $network.egress (dict "to" $name "port" 5432)) -}}
{{- end -}}
{{ toYaml $network }}
{{- end -}}

{{- define "postgres.servicePorts" -}}
- name: postgres
  port: 5432
  targetPort: postgres
  appProtocol: tcp
{{- end -}}

{{/*
The writer tells of each replica that it keeps a slot for, whether it comes or not. One that has all
there is and nothing new to fetch is not behind.
*/}}
{{- define "postgres.replicaQueries" -}}
mcp_mesh_postgres:
  query: SELECT (NOT pg_is_in_recovery())::int AS writer
  metrics:
    - writer: { usage: GAUGE, description: "1 if the pod takes writes, 0 if it follows." }
mcp_mesh_replica:
  query: |
    SELECT slot_name AS replica, active::int AS connected,
      coalesce(extract(epoch FROM replay_lag), 0) AS behind_seconds,
      coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0) AS held_bytes
    FROM pg_replication_slots LEFT JOIN pg_stat_replication ON pid = active_pid
    WHERE slot_type = 'physical' AND NOT pg_is_in_recovery()
  metrics:
    - replica: { usage: LABEL, description: The replica's slot. }
    - connected: { usage: GAUGE, description: 1 if the replica follows. }
    - behind_seconds: { usage: GAUGE, description: How old what the replica shows is. }
    - held_bytes: { usage: GAUGE, description: Log that is kept for the replica. }
mcp_mesh_replica_held:
  query: |
    SELECT setting::bigint * 1048576 AS limit_bytes FROM pg_settings
    WHERE name = 'max_slot_wal_keep_size' AND setting <> '-1' AND NOT pg_is_in_recovery()
  metrics:
    - limit_bytes: { usage: GAUGE, description: How much log is kept for a replica at most. }
{{- end -}}
