{{/* Takes a quantity of memory. Gives it in MiB. */}}
{{- define "postgres.mebibytes" -}}
{{- $text := toString . -}}
{{- $suffix := regexFind "[A-Za-z]*$" $text -}}
{{- $units := dict "" 1 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- if not (hasKey $units $suffix) -}}
{{- fail (printf "resources.limits.memory: found %q; write it as a quantity such as 512Mi." $text) -}}
{{- end -}}
{{ divf (mulf (trimSuffix $suffix $text | float64) (get $units $suffix)) 1048576 | int }}
{{- end -}}

{{/*
The server's settings by name: what the memory limit allows, what the values say, and those that the
chart stands on. A quarter of the memory is shared buffers, and the page cache has about half of it.
*/}}
{{- define "postgres.tuning" -}}
{{- $memory := include "postgres.mebibytes" .Values.resources.limits.memory | int -}}
max_connections: {{ .Values.maxConnections | quote }}
shared_buffers: {{ div $memory 4 }}MB
effective_cache_size: {{ div (mul $memory 5) 8 }}MB
maintenance_work_mem: {{ min 1024 (div $memory 16) }}MB
password_encryption: scram-sha-256
{{- if .Values.replicas }}
{{- $volume := include "postgres.mebibytes" .Values.storage.size | int }}
# What is held back for those that follow is bounded; and a little is kept in any case, with which the
# former writer finds the point to follow a new one from.
max_slot_wal_keep_size: {{ div $volume 8 }}MB
wal_keep_size: {{ div $volume 16 }}MB
{{- end }}
{{- end -}}

{{/* Shared memory of parallel queries, in memory and so inside the limit. */}}
{{- define "postgres.sharedMemory" -}}
{{ div (include "postgres.mebibytes" .Values.resources.limits.memory | int) 8 }}Mi
{{- end -}}

{{- define "postgres.settings" -}}
{{- $own := dict "listen_addresses" "*" "hba_file" "/etc/mcp-mesh/postgres/pg_hba.conf" "ident_file" "/etc/mcp-mesh/postgres/pg_ident.conf" -}}
{{- $_ := merge $own (dict "ssl" "on" "ssl_min_protocol_version" "TLSv1.3") -}}
{{- $_ := merge $own (dict "ssl_cert_file" "/etc/mcp-mesh/tls/tls.crt" "ssl_key_file" "/etc/mcp-mesh/tls/tls.key") -}}
{{/* Not before it takes writes is it ready: a server that still recovers would answer readers. */}}
{{- $_ := set $own "hot_standby" (gt (int .Values.replicas) 0 | ternary "on" "off") -}}
{{- if .Values.backup -}}
{{- $_ := set $own "archive_mode" "on" -}}
{{- $_ := set $own "archive_command" "pgbackrest --stanza=main archive-push %p" -}}
{{- $_ := set $own "archive_timeout" "60s" -}}
{{- end -}}
{{- toYaml (merge (dict) $own .Values.settings (include "postgres.tuning" . | fromYaml)) -}}
{{- end -}}
