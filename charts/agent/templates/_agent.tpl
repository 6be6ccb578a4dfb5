{{/* All that an agent is. The umbrella chart renders it once for each of its agents. */}}
{{- define "agent.objects" -}}
{{- include "agent.refusals" . -}}
{{- if eq .Values.mode "mesh" }}
{{ include "agent.config" . }}
---
{{- end }}
{{ include "agent.deployment" . }}
---
{{- $root := dict }}
{{- include "agent.withPeers" (list . $root) }}
{{- $metrics := list (include "agent.metricsPort" . | int) (include "agent.metricsPortName" .) }}
{{ include "mesh-lib.access" (concat (list $root "mcp" 8080) $metrics) }}
{{- if eq .Values.profile "sessionful" }}
---
{{ include "agent.peers" . }}
{{- end }}
{{- if .Values.check }}
---
{{ include "agent.test" . }}
{{- end }}
{{- end -}}

{{- define "agent.refusals" -}}
{{- if hasKey .Values.env .Values.portVariable -}}
{{- fail (printf "env.%s: the chart tells the server its port; leave it out." .Values.portVariable) -}}
{{- end -}}
{{- with .Values.hostsVariable -}}
{{- if hasKey $.Values.env . -}}
{{- fail (printf "env.%s: the chart tells the server its hosts; leave it out." .) -}}
{{- end -}}
{{- if eq . $.Values.portVariable -}}
{{- fail "hostsVariable: portVariable is the same; name another." -}}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.profile "sessionful") (gt (int .Values.replicas) 1) -}}
{{- fail "replicas: a sessionful agent has its sessions in one process; set it to 1." -}}
{{- end -}}
{{- with .Values.autoscaling -}}
{{- if eq $.Values.profile "sessionful" -}}
{{- fail "autoscaling: a sessionful agent has its sessions in one process; leave it out." -}}
{{- end -}}
{{- if and (eq $.Values.mode "vanilla") (ne (.signal | default "resources") "resources") -}}
{{- fail "autoscaling.signal: an unmodified server counts no calls; leave it out, or set mode to mesh." -}}
{{- end -}}
{{- end -}}
{{- end -}}
