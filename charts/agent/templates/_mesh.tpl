{{/* With the version that it is for, so that a list of config maps tells which is whose. */}}
{{- define "agent.configName" -}}
{{- $version := regexReplaceAll "[^a-z0-9]+" (lower .Values.version) "-" | trunc 63 -}}
{{ include "mesh-lib.hashedName" (list (printf "%s-%s" (include "mesh-lib.fullname" .) $version) (toJson .Values.config)) }}
{{- end -}}

{{- define "agent.host" -}}
{{ include "mesh-lib.fullname" . }}.{{ .Release.Namespace }}.svc
{{- end -}}

{{/* All that a client may call it: cluster DNS completes the shorter ones. */}}
{{- define "agent.hosts" -}}
{{- $name := include "mesh-lib.fullname" . -}}
{{- $short := printf "%s.%s" $name .Release.Namespace -}}
{{- $hosts := list $name $short (include "agent.host" .) (printf "%s.svc.cluster.local" $short) -}}
{{- with .Values.route }}{{ $hosts = concat $hosts .hostnames }}{{ end -}}
{{- with .Values.ingress }}{{ $hosts = append $hosts .host }}{{ end -}}
{{ join "," $hosts }}
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
{{- if eq .Values.profile "sessionful" }}
- name: MCP_MESH_LOCAL_PORT
  value: {{ include "agent.serverPort" . | quote }}
{{- end }}
- name: MCP_MESH_MANAGEMENT_PORT
  value: "8081"
- name: MCP_MESH_NAMESPACE
  value: {{ .Release.Namespace | quote }}
- name: MCP_MESH_CONFIG
  value: /etc/mcp-mesh/config.json
- name: MCP_MESH_DRAIN_SECONDS
  value: {{ include "mesh-lib.drainSeconds" . | quote }}
- name: MCP_MESH_POD
  valueFrom:
    fieldRef:
      apiVersion: v1
      fieldPath: metadata.name
{{- /* Other agents choose among the pods by themselves, where neither sessions nor a mesh bind them. */}}
{{- if and (eq .Values.profile "stateless") (eq .Values.global.serviceMesh "none") }}
- name: MCP_MESH_POD_IP
  valueFrom:
    fieldRef:
      apiVersion: v1
      fieldPath: status.podIP
- name: MCP_MESH_ZONE
  valueFrom:
    fieldRef:
      apiVersion: v1
      fieldPath: metadata.labels['topology.kubernetes.io/zone']
{{- end }}
{{- end -}}

{{/*
An unmodified server has no health endpoint: an open port is what can be asked of it. Where a relay
stands before it, the relay asks more.
*/}}
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

{{- define "agent.serverPortName" -}}
{{ eq .Values.profile "sessionful" | ternary "server" "mcp" }}
{{- end -}}

{{- define "agent.probe" -}}
{{- if eq (index . 0).Values.mode "mesh" -}}
httpGet: { path: {{ index . 1 }}, port: health }
{{- else -}}
tcpSocket: { port: {{ include "agent.serverPortName" (index . 0) }} }
{{- end -}}
{{- end -}}
