{{- define "agent.config" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "mesh-lib.metadata" (list . (include "agent.configName" .)) | nindent 2 }}
immutable: true
data:
  config.json: {{ toJson .Values.config | quote }}
{{- end -}}
