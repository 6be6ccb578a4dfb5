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
