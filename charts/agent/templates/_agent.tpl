{{/* All that an agent is. The umbrella chart renders it once for each of its agents. */}}
{{- define "agent.objects" -}}
{{- include "agent.refusals" . -}}
{{- if eq .Values.mode "mesh" }}
{{ include "agent.config" . }}
---
{{- end }}
{{ include "agent.deployment" . }}
---
{{ include "mesh-lib.access" (list . "mcp" 8080 (include "agent.metricsPort" . | int)) }}
{{- if .Values.check }}
---
{{ include "agent.test" . }}
{{- end }}
{{- end -}}

{{- define "agent.refusals" -}}
{{- with .Values.autoscaling -}}
{{- if eq $.Values.profile "sessionful" -}}
{{- fail "autoscaling: a sessionful agent has its sessions in one process; leave it out." -}}
{{- end -}}
{{- if and (eq $.Values.mode "vanilla") (ne (.signal | default "resources") "resources") -}}
{{- fail "autoscaling.signal: an unmodified server counts no calls; leave it out, or set mode to mesh." -}}
{{- end -}}
{{- end -}}
{{- end -}}
