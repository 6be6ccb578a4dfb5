{{/*
How Prometheus finds a workload's metrics and gets to them: by what global.monitoring says, by one
way at a time. Each of these renders nothing where that way is another.

Takes a list: the root and the port with /metrics. Annotations for a pod's template, as a mapping,
which the Prometheus of the observability chart goes by.
*/}}
{{- define "mesh-lib.metricsAnnotations" -}}
{{- if eq (index . 0).Values.global.monitoring "annotations" -}}
prometheus.io/scrape: "true"
prometheus.io/port: {{ index . 1 | quote }}
prometheus.io/path: /metrics
{{- end }}
{{- end -}}

{{/*
Takes a list: the root and the name of the container's port with /metrics, which the Service need not
have. A whole object, for the Prometheus operator. The series have the same labels as by annotations:
`job` is the component, `service` the workload's name.
*/}}
{{- define "mesh-lib.serviceMonitor" -}}
{{- $root := index . 0 -}}
{{- if eq $root.Values.global.monitoring "operator" -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  {{- include "mesh-lib.metadata" (list $root (include "mesh-lib.fullname" $root)) | nindent 2 }}
spec:
  jobLabel: app.kubernetes.io/component
  selector:
    matchLabels:
      {{- include "mesh-lib.selector" $root | nindent 6 }}
    # Another Service of the same pods would have them scraped twice.
    matchExpressions:
      - { key: service.kubernetes.io/headless, operator: DoesNotExist }
  endpoints:
    - targetPort: {{ index . 1 }}
      path: /metrics
      interval: 15s
      scrapeTimeout: 10s
{{- end }}
{{- end -}}

{{/*
Takes a list: the root and the port with /metrics. A list of one rule for a NetworkPolicy's ingress:
lets the mesh's own Prometheus in, or the operator's from its namespace (global.prometheus).
*/}}
{{- define "mesh-lib.metricsPeers" -}}
{{- $global := (index . 0).Values.global -}}
{{- if ne $global.monitoring "none" -}}
- ports:
    - protocol: TCP
      port: {{ index . 1 }}
  from:
    {{- if eq $global.monitoring "annotations" }}
    - podSelector:
        matchLabels:
          app.kubernetes.io/component: prometheus
          app.kubernetes.io/part-of: mcp-mesh
    {{- else }}
    {{- $usual := dict "namespace" "monitoring" "labels" (dict "app.kubernetes.io/name" "prometheus") }}
    {{- with $global.prometheus | default $usual }}
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .namespace | quote }}
      podSelector:
        matchLabels:
          {{- toYaml .labels | nindent 10 }}
    {{- end }}
    {{- end }}
{{- end }}
{{- end -}}
