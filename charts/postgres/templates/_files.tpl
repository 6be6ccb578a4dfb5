{{/* psql reads the password itself: it is on no command line and in no environment. */}}
{{- define "postgres.init" -}}
#!/bin/sh
set -eu
PGPASSWORD="$(cat /etc/mcp-mesh/superuser/password)"
export PGPASSWORD
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set password `cat /etc/mcp-mesh/application/password`
CREATE ROLE "{{ .Values.application.name }}" LOGIN PASSWORD :'password';
CREATE DATABASE "{{ .Values.application.name }}" OWNER "{{ .Values.application.name }}";
REVOKE ALL ON DATABASE "{{ .Values.application.name }}" FROM PUBLIC;
SQL
{{ end -}}

{{/* Takes a list: where the repository is, whether it is encrypted, and how many full backups it keeps. */}}
{{- define "postgres.pgbackrest" -}}
[global]
repo1-path={{ index . 0 }}
{{- if index . 1 }}
repo1-cipher-type=aes-256-cbc
{{- end }}
compress-type=zst
start-fast=y
log-level-console=warn
log-level-file=off
lock-path=/tmp/pgbackrest
{{- with index . 2 }}
repo1-retention-full={{ . }}
{{- end }}

[global:backup]
log-level-console=info

[main]
pg1-path={{ include "postgres.pgdata" nil }}
pg1-socket-path=/var/run/postgresql
pg1-user=postgres
{{ end -}}

{{/* What the pod finds in its config map, as a mapping. */}}
{{- define "postgres.files" -}}
10-application.sh: |
  {{- include "postgres.init" . | nindent 2 }}
{{- range $file := list "pg_hba.conf" "pg_ident.conf" "loop.sh" "certificate.sh" "logins.sh" "turns.sh" "followers.sh" "stop.sh" }}
{{ $file }}: |
  {{- $.Files.Get (printf "files/%s" $file) | nindent 2 }}
{{- end }}
{{- if .Values.replicas }}
role.sh: |
  {{- .Files.Get "files/role.sh" | nindent 2 }}
{{- end }}
{{- if include "postgres.watched" . }}
queries.yaml: |
  {{- include "postgres.queries" . | nindent 2 }}
{{- end }}
{{- with include "postgres.backup" . | fromYaml }}
pgbackrest.conf: |
  {{- include "postgres.pgbackrest" (list "/var/lib/mcp-mesh/repository" .encryptionSecret .retentionFull) | nindent 2 }}
backup.sh: |
  {{- $.Files.Get "files/backup.sh" | nindent 2 }}
{{- range $file := list "mark.sh" "mark.sql" "verify.sh" "archive.sh" "archive.sql" "damaged.sql" }}
{{ $file }}: |
  {{- $.Files.Get (printf "files/%s" $file) | nindent 2 }}
{{- end }}
{{- end }}
{{- with include "postgres.second" . | trim }}
second.conf: |
  {{- . | nindent 2 }}
{{- end }}
{{- with .Values.restore }}
source.conf: |
  {{- include "postgres.pgbackrest" (list "/var/lib/mcp-mesh/source" .encryptionSecret 0) | nindent 2 }}
{{- end }}
{{- if or .Values.backup .Values.restore }}
restore.sh: |
  {{- .Files.Get "files/restore.sh" | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "postgres.filesName" -}}
{{ include "mesh-lib.hashedName" (list (printf "%s-files" (include "mesh-lib.fullname" .)) (include "postgres.files" .)) }}
{{- end -}}

{{/*
Beside the folders that the official images declare as volumes, which differ between 15 and 18: a
volume of the image's would hide this one. In a folder of its own, because a new file system is not
empty.
*/}}
{{- define "postgres.pgdata" -}}
/var/lib/mcp-mesh/data/pgdata
{{- end -}}

{{/* Takes the script's name: its loop says in a file until when it will have turned again. */}}
{{- define "postgres.loopProbe" -}}
livenessProbe:
  exec:
    command: [sh, -c, '[ "$(date +%s)" -lt "$(cat /tmp/{{ . }}-alive)" ]']
  periodSeconds: 30
  timeoutSeconds: 5
  failureThreshold: 3
{{- end -}}
