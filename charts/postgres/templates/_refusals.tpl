{{/* Combinations of values that would be quietly without effect, or worse. */}}
{{- define "postgres.refusals" -}}
{{- with .Values -}}
{{- if eq .mode "cnpg" -}}
{{- if .backup -}}
{{- fail "backup: belongs to mode statefulset; with mode cnpg, set cnpg.backup." -}}
{{- end -}}
{{- if .restore -}}
{{- fail "restore: belongs to mode statefulset; with mode cnpg, the operator recovers from an object store (bootstrap.recovery)." -}}
{{- end -}}
{{- if .replicas -}}
{{- fail "replicas: belongs to mode statefulset; with mode cnpg, set cnpg.instances." -}}
{{- end -}}
{{- if .storage.existingClaim -}}
{{- fail "storage.existingClaim: belongs to mode statefulset; with mode cnpg, the operator makes a claim for each instance." -}}
{{- end -}}
{{- else if .cnpg -}}
{{- fail "cnpg: belongs to mode cnpg, but mode is statefulset; leave it out or set mode to cnpg." -}}
{{- end -}}
{{- if and (eq .primary "standby") (not .replicas) -}}
{{- fail "primary: is standby, but there are no replicas; set replicas to 1 or primary to main." -}}
{{- end -}}
{{- end -}}
{{- end -}}
