{{/*
What an optional object has where its values say nothing, as in the schemas of config/: Helm knows
defaults for what is always there only.
*/}}
{{- define "postgres.backup" -}}
{{- with .Values.backup -}}
{{- $small := dict "cpu" "50m" "memory" "64Mi" "ephemeral-storage" "32Mi" -}}
{{- $large := dict "cpu" "500m" "memory" "256Mi" "ephemeral-storage" "64Mi" -}}
{{- $resources := dict "requests" $small "limits" $large -}}
{{- $own := dict "accessModes" (list "ReadWriteOnce") "everyMinutes" 60 "fullEveryDays" 7 "longestMinutes" 720 "retentionFull" 4 "resources" $resources -}}
{{- if .second -}}
{{- $_ := set $own "second" (dict "retentionFull" 4) -}}
{{- if .second.s3 -}}
{{- $_ := set $own.second "s3" (dict "port" 443 "path" "/postgres" "uriStyle" "host") -}}
{{- end -}}
{{- end -}}
{{ merge (dict) . $own | toYaml }}
{{- end -}}
{{- end -}}

{{- define "postgres.cnpg" -}}
{{- $labels := dict "app.kubernetes.io/name" "cloudnative-pg" -}}
{{- $everywhere := list (dict "cidr" "0.0.0.0/0" "port" 443) (dict "cidr" "0.0.0.0/0" "port" 6443) -}}
{{- $operator := dict "namespace" "cnpg-system" "labels" $labels -}}
{{- $own := dict "instances" 3 "operator" $operator "apiServer" $everywhere -}}
{{ merge (dict) (.Values.cnpg | default dict) $own | toYaml }}
{{- end -}}
