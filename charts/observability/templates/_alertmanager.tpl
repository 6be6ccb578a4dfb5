{{/*
Takes a list: the root, a receiver's name and the receiver. Secrets are read from files, which lie
where the chart or the operator mounts the Secret.
*/}}
{{- define "observability.receiver" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $files := ternary "/etc/alertmanager/secrets" "/etc/mcp-mesh/receivers" (eq $root.Values.global.monitoring "operator") -}}
{{- $resolved := ne $name "watchdog" -}}
- name: {{ $name }}
  {{- with (index . 2).webhook }}
  webhook_configs:
    - url: {{ .url | quote }}
      send_resolved: {{ $resolved }}
      {{- if .existingSecret }}
      http_config:
        authorization:
          credentials_file: {{ $files }}/{{ .existingSecret }}/token
      {{- end }}
  {{- end }}
  {{- with (index . 2).slack }}
  slack_configs:
    - channel: {{ .channel | quote }}
      api_url_file: {{ $files }}/{{ .existingSecret }}/url
      send_resolved: {{ $resolved }}
      color: '{{ `{{ template "mesh.color" . }}` }}'
      title: '{{ `{{ template "mesh.title" . }}` }}'
      title_link: '{{ `{{ template "mesh.runbook" . }}` }}'
      fallback: '{{ `{{ template "mesh.title" . }}` }}'
      text: '{{ `{{ template "mesh.slack" . }}` }}'
  {{- end }}
  {{- with (index . 2).pagerduty }}
  pagerduty_configs:
    - routing_key_file: {{ $files }}/{{ .existingSecret }}/routing-key
      send_resolved: {{ $resolved }}
      description: '{{ `{{ template "mesh.title" . }}` }}'
      severity: '{{ `{{ if eq .CommonLabels.severity "critical" }}critical{{ else }}warning{{ end }}` }}'
      class: '{{ `{{ .CommonLabels.alertname }}` }}'
      component: '{{ `{{ .CommonLabels.service }}` }}'
      group: '{{ `{{ .CommonLabels.namespace }}` }}'
      client: MCP Mesh
      client_url: '{{ `{{ template "mesh.runbook" . }}` }}'
      details:
        firing: '{{ `{{ template "mesh.text" . }}` }}'
        resolved: '{{ `{{ template "mesh.over" . }}` }}'
  {{- end }}
  {{- with (index . 2).email }}
  email_configs:
    - to: {{ .to | quote }}
      from: {{ .from | quote }}
      smarthost: {{ .smarthost | quote }}
      auth_username: {{ .username | quote }}
      auth_password_file: {{ $files }}/{{ .existingSecret }}/password
      send_resolved: {{ $resolved }}
      headers:
        Subject: '{{ `{{ template "mesh.title" . }}` }}'
      html: '{{ `{{ template "mesh.html" . }}` }}'
      text: '{{ `{{ template "mesh.text" . }}{{ template "mesh.over" . }}` }}'
  {{- end }}
{{- end -}}

{{/* Takes Alertmanager's values. The names of the Secrets of all receivers, each once, as JSON. */}}
{{- define "observability.receiverSecrets" -}}
{{- $names := list -}}
{{- range $told := append (values .teams) .receivers -}}
{{- range $receiver := $told -}}
{{- range $way := $receiver -}}
{{- with $way.existingSecret }}{{ $names = append $names . }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{ $names | uniq | sortAlpha | toJson }}
{{- end -}}

{{/*
Takes a list: Alertmanager's values and a severity. Each alert has one receiver: its team's for that
severity, or the one for all teams, or nobody: then it is seen where alerts are looked at.
*/}}
{{- define "observability.routesOf" -}}
{{- $values := index . 0 -}}
{{- $severity := index . 1 -}}
{{- $hours := and (eq $severity "warning") $values.warningHours -}}
receiver: {{ index $values.receivers $severity | empty | ternary "nobody" $severity }}
{{- if $hours }}
active_time_intervals: [warning-hours]
{{- end }}
{{- $own := dict -}}
{{- range $team, $told := $values.teams }}{{ if index $told $severity }}{{ $_ := set $own $team true }}{{ end }}{{ end }}
{{- if $own }}
routes:
  {{- range $team, $_ := $own }}
  - matchers: ['team = {{ $team | quote }}']
    receiver: {{ $team }}-{{ $severity }}
    {{- if $hours }}
    active_time_intervals: [warning-hours]
    {{- end }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* What follows from what: the cause is told, its consequences are kept back while it lasts. */}}
{{- define "observability.inhibitions" -}}
# What is critical about a workload says more than the warnings about it.
- source_matchers: ['severity = "critical"', 'service != ""']
  target_matchers: ['severity = "warning"']
  equal: [namespace, service]
# Without its database the registry refuses heartbeats; without a registry agents learn of nobody.
- source_matchers: ['alertname =~ "PostgresDown|RegistryDatabaseDown|RegistryDown"']
  target_matchers:
    - alertname =~ "AgentNotRegistered|AgentsLost|DashboardBurn|DashboardStale|DependencyMissing|NoHealthyAgents"
  equal: [namespace]
- source_matchers: ['alertname = "PostgresDown"']
  target_matchers: ['alertname = "RegistryDatabaseDown"']
  equal: [namespace]
- source_matchers: ['alertname =~ "PostgresDown|RegistryDatabaseDown|RegistryDown"']
  target_matchers:
    - alertname =~ "RegistryAvailabilityBurn|RegistryConnectionsWaiting|RegistryErrors|RegistryLatencyBurn"
  equal: [namespace]
# They say why no pod of theirs is ready.
- source_matchers: ['alertname =~ "PostgresDown|RegistryDatabaseDown|RegistryDown"']
  target_matchers: ['alertname = "WorkloadDown"']
  equal: [namespace, service]
{{- end -}}

{{/*
Critical alerts every hour, warnings collected and twice a day, the watchdog every few
minutes, what is only to be known never. One notification for all of a namespace that have the same.
*/}}
{{- define "observability.alertmanagerConfig" -}}
{{- $values := .Values.alertmanager -}}
{{- $folder := ternary "/etc/alertmanager/config" "/etc/mcp-mesh/alertmanager" (eq .Values.global.monitoring "operator") -}}
templates: [{{ $folder }}/*.tmpl]
route:
  # An alert without a known severity is told like a warning, rather than to nobody.
  receiver: {{ $values.receivers.warning | empty | ternary "nobody" "warning" }}
  group_by: [namespace, alertname]
  # Long enough for a cause and its consequences to be seen together.
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 12h
  routes:
    - matchers: ['alertname = "Watchdog"']
      receiver: {{ $values.receivers.watchdog | empty | ternary "nobody" "watchdog" }}
      group_wait: 0s
      group_interval: 1m
      repeat_interval: 4m
    - matchers: ['severity =~ "none|info"']
      receiver: nobody
    - matchers: ['severity = "critical"']
      group_interval: 1m
      repeat_interval: 1h
      {{- include "observability.routesOf" (list $values "critical") | nindent 6 }}
    - matchers: ['severity = "warning"']
      {{- include "observability.routesOf" (list $values "warning") | nindent 6 }}
inhibit_rules:
  {{- include "observability.inhibitions" . | nindent 2 }}
{{- with $values.warningHours }}
time_intervals:
  - name: warning-hours
    time_intervals:
      - weekdays: {{ toJson .days }}
        times:
          - start_time: {{ .from | quote }}
            end_time: {{ .to | quote }}
        location: {{ .timeZone | quote }}
{{- end }}
receivers:
  - name: nobody
  {{- range $severity, $receiver := $values.receivers }}
  {{- include "observability.receiver" (list $ $severity $receiver) | nindent 2 }}
  {{- end }}
  {{- range $team, $told := $values.teams }}
  {{- range $severity, $receiver := $told }}
  {{- include "observability.receiver" (list $ (printf "%s-%s" $team $severity) $receiver) | nindent 2 }}
  {{- end }}
  {{- end }}
{{- end -}}

{{/* Takes a list: the root and the key of the configuration. The keys of a ConfigMap or a Secret. */}}
{{- define "observability.alertmanagerFiles" -}}
{{- $root := index . 0 -}}
{{ index . 1 }}: |
  {{- include "observability.alertmanagerConfig" $root | nindent 2 }}
{{- range $path, $_ := $root.Files.Glob "alertmanager/*.tmpl" }}
{{ base $path }}: |
  {{- $root.Files.Get $path | trim | nindent 2 }}
{{- end }}
{{- end -}}
