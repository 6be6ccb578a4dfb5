{{/* Takes a list: the name of a severity and its receiver. Secrets are read from files. */}}
{{- define "observability.receiver" -}}
{{- $files := printf "/etc/mcp-mesh/receivers/%s" (index . 0) -}}
{{- $resolved := ne (index . 0) "watchdog" -}}
- name: {{ index . 0 }}
  {{- with (index . 1).webhook }}
  webhook_configs:
    - url: {{ .url | quote }}
      send_resolved: {{ $resolved }}
      {{- if .existingSecret }}
      http_config:
        authorization:
          credentials_file: {{ $files }}/webhook/token
      {{- end }}
  {{- end }}
  {{- with (index . 1).slack }}
  slack_configs:
    - channel: {{ .channel | quote }}
      api_url_file: {{ $files }}/slack/url
      send_resolved: {{ $resolved }}
  {{- end }}
  {{- if (index . 1).pagerduty }}
  pagerduty_configs:
    - routing_key_file: {{ $files }}/pagerduty/routing-key
      send_resolved: {{ $resolved }}
  {{- end }}
  {{- with (index . 1).email }}
  email_configs:
    - to: {{ .to | quote }}
      from: {{ .from | quote }}
      smarthost: {{ .smarthost | quote }}
      auth_username: {{ .username | quote }}
      auth_password_file: {{ $files }}/email/password
      send_resolved: {{ $resolved }}
  {{- end }}
{{- end -}}

{{/*
Critical alerts at once and every hour, warnings collected and twice a day, the watchdog every few
minutes. Who is not configured is "nobody": the alert is seen where alerts are looked at.
*/}}
{{- define "observability.alertmanagerConfig" -}}
{{- $receivers := .Values.alertmanager.receivers -}}
route:
  receiver: nobody
  group_by: [alertname, namespace, service]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 12h
  routes:
    - matchers: ['alertname = "Watchdog"']
      receiver: {{ $receivers.watchdog | empty | ternary "nobody" "watchdog" }}
      group_wait: 0s
      group_interval: 1m
      repeat_interval: 4m
    - matchers: ['severity = "critical"']
      receiver: {{ $receivers.critical | empty | ternary "nobody" "critical" }}
      group_wait: 10s
      group_interval: 1m
      repeat_interval: 1h
    - matchers: ['severity = "warning"']
      receiver: {{ $receivers.warning | empty | ternary "nobody" "warning" }}
inhibit_rules:
  # What is critical about a workload says more than the warnings about it.
  - source_matchers: ['severity = "critical"']
    target_matchers: ['severity = "warning"']
    equal: [namespace, job, service]
  # Without a registry, agents cannot be in order.
  - source_matchers: ['alertname =~ "RegistryDown|RegistryDatabaseDown"']
    target_matchers: ['severity = "warning"', 'job =~ "registry|agent"']
receivers:
  - name: nobody
  {{- range $severity, $receiver := $receivers }}
  {{- include "observability.receiver" (list $severity $receiver) | nindent 2 }}
  {{- end }}
{{- end -}}
