{{/* The pods of this namespace that say so are scraped; each names its port and path. */}}
{{- define "observability.prometheusConfig" -}}
global:
  scrape_interval: {{ .Values.prometheus.scrapeInterval }}
  scrape_timeout: {{ .Values.prometheus.scrapeInterval }}
  evaluation_interval: {{ .Values.prometheus.scrapeInterval }}
rule_files: [/etc/mcp-mesh/rules/*.yaml]
alerting:
  alertmanagers:
    - static_configs:
        - targets: ["{{ include "observability.name" (list . "alertmanager") }}:9093"]
scrape_configs:
  - job_name: pods
    # A workload that goes wild must not take Prometheus with it.
    sample_limit: 20000
    body_size_limit: 16MB
    kubernetes_sd_configs:
      - role: pod
        namespaces:
          names: [{{ .Release.Namespace }}]
    relabel_configs:
      - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape]
        regex: "true"
        action: keep
      - source_labels: [__meta_kubernetes_pod_phase]
        regex: Pending|Succeeded|Failed
        action: drop
      # There is a target for each container's port; after this they are one.
      - source_labels: [__meta_kubernetes_pod_ip, __meta_kubernetes_pod_annotation_prometheus_io_port]
        regex: ([^:]+);(\d+)
        target_label: __address__
        replacement: $1:$2
      - source_labels: [__meta_kubernetes_pod_ip, __meta_kubernetes_pod_annotation_prometheus_io_port]
        regex: (.*:.*);(\d+)
        target_label: __address__
        replacement: "[$1]:$2"
      - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_path]
        regex: (.+)
        target_label: __metrics_path__
      # The labels that a ServiceMonitor would give.
      - source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_component]
        regex: (.+)
        target_label: job
      - source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name]
        target_label: service
      - source_labels: [__meta_kubernetes_namespace]
        target_label: namespace
      - source_labels: [__meta_kubernetes_pod_name]
        target_label: pod
  # Itself without asking Kubernetes, so that a failing discovery leaves figures.
  - job_name: prometheus
    static_configs:
      - targets: ["localhost:9090"]
        labels:
          namespace: {{ .Release.Namespace }}
          service: {{ include "observability.name" (list . "prometheus") }}
{{- end -}}

{{/* The rules as files; each is complete in itself, as promtool and the operator want them. */}}
{{- define "observability.ruleFiles" -}}
{{- range $path, $_ := .Files.Glob "rules/*.yaml" }}
{{ base $path }}: |
  {{- $.Files.Get $path | trim | nindent 2 }}
{{- end }}
{{- end -}}
