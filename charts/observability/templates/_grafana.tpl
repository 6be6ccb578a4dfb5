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
        httpMethod: POST
        prometheusType: Prometheus
        # What $__rate_interval follows from: four scrapes at least.
        timeInterval: {{ .Values.prometheus.scrapeInterval }}
dashboards.yaml: |
  apiVersion: 1
  providers:
    - name: mcp-mesh
      folder: MCP Mesh
      folderUid: mcp-mesh
      type: file
      allowUiUpdates: false
      disableDeletion: true
      options:
        path: /etc/mcp-mesh/dashboards
{{- end -}}

{{- define "observability.dashboards" -}}
{{- range $path, $_ := .Files.Glob "dashboards/*.json" }}
{{ base $path }}: |
  {{- $.Files.Get $path | trim | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Takes the values of Grafana. Who logs in by OpenID Connect, and what they may. */}}
{{- define "observability.grafanaOidc" -}}
{{- with .oidc -}}
- name: GF_AUTH_GENERIC_OAUTH_ENABLED
  value: "true"
- name: GF_AUTH_GENERIC_OAUTH_NAME
  value: {{ .label | default "Single sign-on" | quote }}
- name: GF_AUTH_GENERIC_OAUTH_CLIENT_ID
  value: {{ .clientId | quote }}
- name: GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET__FILE
  value: /etc/mcp-mesh/oidc/client-secret
- name: GF_AUTH_GENERIC_OAUTH_AUTH_URL
  value: {{ .authUrl | quote }}
- name: GF_AUTH_GENERIC_OAUTH_TOKEN_URL
  value: {{ .tokenUrl | quote }}
- name: GF_AUTH_GENERIC_OAUTH_API_URL
  value: {{ .userinfoUrl | quote }}
- name: GF_AUTH_GENERIC_OAUTH_SCOPES
  value: {{ .scopes | default (list "openid" "profile" "email") | join " " | quote }}
- name: GF_AUTH_GENERIC_OAUTH_USE_PKCE
  value: "true"
# Dashboards come from git: whoever logs in needs to look, and no more.
- name: GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH
  value: {{ .rolePath | default "'Viewer'" | quote }}
{{- end -}}
{{- end -}}
