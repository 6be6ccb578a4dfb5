{{- define "registry.declared" -}}
{{ dict "agents" .Values.declaredAgents | toJson }}
{{- end -}}

{{- define "registry.declaredName" -}}
{{ include "mesh-lib.hashedName" (list (printf "%s-declared" (include "mesh-lib.fullname" .)) (include "registry.declared" .)) }}
{{- end -}}

{{/* The same settings for the server and for the migration before it. */}}
{{- define "registry.container" -}}
image: {{ include "mesh-lib.image" . }}
imagePullPolicy: IfNotPresent
{{ include "mesh-lib.containerSecurity" . }}
env:
  - name: HOST
    value: 0.0.0.0
  - name: PORT
    value: "8000"
  - name: LOG_LEVEL
    value: {{ .Values.logLevel }}
  - name: DATABASE_HOST
    value: {{ .Values.database.host | quote }}
  - name: DATABASE_PORT
    value: {{ .Values.database.port | quote }}
  - name: DATABASE_NAME
    value: {{ .Values.database.name | quote }}
  - name: DATABASE_USER
    value: {{ .Values.database.user | default .Values.database.name | quote }}
  - name: DATABASE_PASSWORD_FILE
    value: /etc/mcp-mesh/database/password
  {{- if .Values.database.caSecret }}
  - name: DATABASE_CA_FILE
    value: /etc/mcp-mesh/authority/ca.crt
  {{- end }}
  - name: MCP_MESH_DECLARED_AGENTS
    value: /etc/mcp-mesh/declared/agents.json
  {{- include "mesh-lib.tracingEnv" (list . (list)) | indent 2 }}
  {{- include "mesh-lib.env" . | indent 2 }}
volumeMounts:
  - name: database
    mountPath: /etc/mcp-mesh/database
    readOnly: true
  {{- if .Values.database.caSecret }}
  - name: authority
    mountPath: /etc/mcp-mesh/authority
    readOnly: true
  {{- end }}
  - name: declared
    mountPath: /etc/mcp-mesh/declared
    readOnly: true
  {{- with .Values.pod.volumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}
