{{/* Provisioned from files: what is changed by hand is gone at the next start, so git is the truth. */}}
{{- define "observability.grafanaProvisioning" -}}
datasources.yaml: |
  apiVersion: 1
  prune: true
  datasources:
    - name: Prometheus
      uid: prometheus
      type: prometheus
      access: proxy
      url: http://{{ include "observability.name" (list . "prometheus") }}:9090
      isDefault: true
      editable: false
      jsonData:
        timeInterval: {{ .Values.prometheus.scrapeInterval }}
dashboards.yaml: |
  apiVersion: 1
  providers:
    - name: mcp-mesh
      folder: MCP Mesh
      type: file
      allowUiUpdates: false
      options:
        path: /etc/mcp-mesh/dashboards
{{- end -}}

{{- define "observability.dashboards" -}}
{{- range $path, $_ := .Files.Glob "dashboards/*.json" }}
{{ base $path }}: |
  {{- $.Files.Get $path | trim | nindent 2 }}
{{- end }}
{{- end -}}
