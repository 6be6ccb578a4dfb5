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
{{- if .application.logins -}}
{{- fail "application.logins: belongs to mode statefulset; with mode cnpg, the operator keeps the owner's one login." -}}
{{- end -}}
{{- else if and (.restore | default dict).target (.restore | default dict).point -}}
{{- fail "restore: goes back to a time or to a point; name one of them." -}}
{{- else if .cnpg -}}
{{- fail "cnpg: belongs to mode cnpg, but mode is statefulset; leave it out or set mode to cnpg." -}}
{{- end -}}
{{- range .application.logins -}}
{{- if has .name (list "postgres" "mcp_mesh_monitor" $.Values.application.name) -}}
{{- fail (printf "application.logins: %s is there already for something else; take another name, such as %s_a." .name $.Values.application.name) -}}
{{- end -}}
{{- end -}}
{{- if and (eq .primary "standby") (not .replicas) -}}
{{- fail "primary: is standby, but there are no replicas; set replicas to 1 or primary to main." -}}
{{- end -}}
{{- end -}}
{{- end -}}
