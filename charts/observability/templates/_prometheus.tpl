{{/* The pods of this namespace that say so are scraped; each names its port and path. */}}
{{- define "observability.prometheusConfig" -}}
global:
  scrape_interval: {{ .Values.prometheus.scrapeInterval }}
  scrape_timeout: {{ .Values.prometheus.scrapeInterval }}
  evaluation_interval: {{ .Values.prometheus.scrapeInterval }}
  # On alerts too: one that tells of something absent says at least of which namespace.
  external_labels:
    namespace: {{ .Release.Namespace }}
    {{- range $name, $value := .Values.prometheus.externalLabels }}
    {{ $name }}: {{ $value | quote }}
    {{- end }}
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
    {{- if .Values.prometheus.discovery.image }}
    http_sd_configs:
      - url: http://localhost:9091/
        refresh_interval: 5s
    {{- else }}
    kubernetes_sd_configs:
      - role: pod
        namespaces:
          names: [{{ .Release.Namespace }}]
    {{- end }}
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
  {{- include "observability.clusterScrapes" . | nindent 2 }}
  # Itself without asking Kubernetes, so that a failing discovery leaves figures.
  - job_name: prometheus
    static_configs:
      - targets: ["localhost:9090"]
        labels:
          namespace: {{ .Release.Namespace }}
          service: {{ include "observability.name" (list . "prometheus") }}
{{- end -}}

{{/*
Takes a list: the root and a rule file's path. Rules are about this namespace, for a Prometheus may
see others; alerts lead to where the runbooks and dashboards are, and to the team whose they are.
*/}}
{{- define "observability.rules" -}}
{{- $values := (index . 0).Values -}}
{{- (index . 0).Files.Get (index . 1) | trim
  | replace "__NAMESPACE__" (index . 0).Release.Namespace
  | replace "__RUNBOOKS__" (trimSuffix "/" $values.links.runbooks)
  | replace "__DASHBOARDS__" (printf "%s/d" (trimSuffix "/" $values.links.grafana))
  | replace "team: mesh" (printf "team: %s" $values.team) -}}
{{- end -}}

{{/* The rules as files; each is complete in itself, as promtool and the operator want them. */}}
{{- define "observability.ruleFiles" -}}
{{- range $path, $_ := .Files.Glob "rules/*.yaml" }}
{{ base $path }}: |
  {{- include "observability.rules" (list $ $path) | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Takes the part. Answers with the pods, for a Prometheus that cannot ask Kubernetes itself. */}}
{{- define "observability.discovery" -}}
name: discovery
image: {{ include "mesh-lib.reference" (list . .Values.discovery.image) }}
imagePullPolicy: IfNotPresent
{{ include "mesh-lib.containerSecurity" . }}
resources:
  {{- toYaml .Values.discovery.resources | nindent 2 }}
env:
  - name: NAMESPACE
    value: {{ .Release.Namespace | quote }}
  - name: NODE_EXTRA_CA_CERTS
    value: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
ports:
  - name: discovery
    containerPort: 9091
startupProbe:
  httpGet: { path: /live, port: discovery }
  periodSeconds: 1
  timeoutSeconds: 2
  failureThreshold: 60
# Whether the API server answers is for Prometheus to see: it keeps what it knows.
readinessProbe:
  httpGet: { path: /live, port: discovery }
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 3
livenessProbe:
  httpGet: { path: /live, port: discovery }
  periodSeconds: 15
  timeoutSeconds: 5
  failureThreshold: 6
volumeMounts:
  {{- include "observability.token" . | nindent 2 }}
{{- end -}}

{{- define "observability.token" -}}
- name: kubernetes
  mountPath: /var/run/secrets/kubernetes.io/serviceaccount
  readOnly: true
{{- end -}}
