{{/* All that an agent is. The umbrella chart renders it once for each of its agents. */}}
{{- define "agent.objects" -}}
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
