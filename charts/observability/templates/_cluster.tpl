{{/*
Takes the root. Jobs of Prometheus for what the cluster tells about this namespace: the objects, by
kube-state-metrics, and the containers and volumes, by the kubelets. What rules and dashboards ask
for is taken, and nothing else.
*/}}
{{- define "observability.clusterScrapes" -}}
{{- $namespace := .Release.Namespace -}}
{{- $wanted := .Files.Get "files/cluster-metrics.yaml" | fromYaml -}}
- job_name: kube-state-metrics
  # The namespace and the pod are those that a series tells of, not those that tell it.
  honor_labels: true
  sample_limit: 20000
  static_configs:
    - targets: ["{{ include "observability.name" (list . "kube-state-metrics") }}:8080"]
      labels:
        namespace: {{ $namespace }}
        service: {{ include "observability.name" (list . "kube-state-metrics") }}
{{- if .Values.prometheus.nodes.scrape }}
{{- range $path, $names := dict "/metrics/cadvisor" $wanted.cadvisor "/metrics" $wanted.kubelet }}
- job_name: kubelet{{ $path | replace "/" "-" }}
  scheme: https
  metrics_path: {{ $path }}
  # A node tells of all its pods, and of those of other namespaces, too, until they are dropped here.
  body_size_limit: 64MB
  sample_limit: 20000
  # The time of the scrape: with that of the measurement, what is gone would stay for five minutes.
  honor_timestamps: false
  authorization:
    credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token
  tls_config:
    ca_file: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
  {{- if $.Values.prometheus.discovery.image }}
  http_sd_configs:
    - url: http://localhost:9091/nodes
      refresh_interval: 30s
  {{- else }}
  kubernetes_sd_configs:
    - role: node
  {{- end }}
  relabel_configs:
    - target_label: job
      replacement: kubelet
    - source_labels: [__meta_kubernetes_node_name]
      target_label: node
  metric_relabel_configs:
    - source_labels: [__name__, namespace]
      regex: ({{ join "|" $names }});{{ $namespace }}
      action: keep
    {{- if eq $path "/metrics/cadvisor" }}
    # Once for each container: neither for the pod as a whole nor for what holds its network.
    - source_labels: [container]
      regex: .+
      action: keep
    {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Takes the root. A rule for the egress of Prometheus' network policy: to the kubelets. */}}
{{- define "observability.nodesPeer" -}}
{{- with .Values.prometheus.nodes -}}
{{- if .scrape }}
- ports:
    - protocol: TCP
      port: 10250
  to:
    {{- range .cidrs }}
    - ipBlock:
        cidr: {{ . | quote }}
    {{- end }}
{{- end }}
{{- end }}
{{- end -}}
