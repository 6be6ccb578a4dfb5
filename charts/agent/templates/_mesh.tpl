{{- define "agent.configName" -}}
{{ include "mesh-lib.hashedName" (list (printf "%s-config" (include "mesh-lib.fullname" .)) (toJson .Values.config)) }}
{{- end -}}

{{- define "agent.host" -}}
{{ include "mesh-lib.fullname" . }}.{{ .Release.Namespace }}.svc
{{- end -}}

{{- define "agent.meshEnv" -}}
- name: MCP_MESH_REGISTRY_URL
  value: {{ .Values.registryUrl | quote }}
- name: MCP_MESH_AGENT_NAME
  value: {{ include "mesh-lib.fullname" . | quote }}
- name: MCP_MESH_HTTP_HOST
  value: {{ include "agent.host" . }}
- name: MCP_MESH_HTTP_PORT
  value: "8080"
- name: MCP_MESH_MANAGEMENT_PORT
  value: "8081"
- name: MCP_MESH_NAMESPACE
  value: {{ .Release.Namespace | quote }}
- name: MCP_MESH_CONFIG
  value: /etc/mcp-mesh/config.json
- name: MCP_MESH_POD
  valueFrom:
    fieldRef:
      apiVersion: v1
      fieldPath: metadata.name
{{- end -}}

{{/* An unmodified server has no health endpoint: an open port is what can be asked of it. */}}
{{- define "agent.probes" -}}
startupProbe:
  {{- include "agent.probe" (list . "/startupz") | nindent 2 }}
  periodSeconds: 1
  timeoutSeconds: 2
  failureThreshold: 60
readinessProbe:
  {{- include "agent.probe" (list . "/ready") | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
livenessProbe:
  {{- include "agent.probe" (list . "/livez") | nindent 2 }}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end -}}

{{- define "agent.probe" -}}
{{- if eq (index . 0).Values.mode "mesh" -}}
httpGet: { path: {{ index . 1 }}, port: health }
{{- else -}}
tcpSocket: { port: mcp }
{{- end -}}
{{- end -}}
