{{/* What can't be said in a schema: some way to log in, or a reason for none. */}}
{{- define "dashboard.checkLogin" -}}
{{- $auth := .Values.auth -}}
{{- $ways := or $auth.local.enabled $auth.oidc -}}
{{- if and $auth.open $ways }}
{{- fail "auth.open lets everybody in; leave it out, or set auth.local.enabled to false and no auth.oidc" }}
{{- end }}
{{- if not (or $auth.open $ways) }}
{{- fail "nobody could log in: set auth.local.enabled to true, or auth.oidc, or say in auth.open.reason why nobody has to" }}
{{- end }}
{{- with $auth.oidc }}
{{- if not (or .anybody .allowedGroups .allowedEmails .allowedDomains) }}
{{- fail "nobody could log in: name auth.oidc.allowedGroups, allowedEmails or allowedDomains, or say in anybody.reason why everybody may" }}
{{- end }}
{{- if not (include "dashboard.publicUrl" $) }}
{{- fail "auth.oidc sends people back to the page: set publicUrl, or a route or an ingress" }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Where browsers find the page, if that is known. */}}
{{- define "dashboard.publicUrl" -}}
{{- if .Values.publicUrl -}}
{{ .Values.publicUrl }}
{{- else if .Values.route -}}
https://{{ first .Values.route.hostnames }}/
{{- else if .Values.ingress -}}
https://{{ .Values.ingress.host }}/
{{- end -}}
{{- end -}}

{{/* The environment variables that say who may see the page, and as what it is known. */}}
{{- define "dashboard.loginEnv" -}}
{{- include "dashboard.checkLogin" . -}}
{{- $auth := .Values.auth -}}
{{- with include "dashboard.publicUrl" . }}
- name: PUBLIC_URL
  value: {{ . | quote }}
{{- end }}
- name: PROXIES
  value: {{ if hasKey .Values "proxies" }}{{ .Values.proxies | int | quote }}{{ else if or .Values.route .Values.ingress }}"1"{{ else }}"0"{{ end }}
{{- if $auth.open }}
- name: OPEN_BECAUSE
  value: {{ $auth.open.reason | quote }}
{{- else }}
- name: SESSION_KEYS_FILE
  value: /etc/dashboard/session/keys
- name: SESSION_HOURS
  value: {{ $auth.session.hours | int | quote }}
- name: SESSION_IDLE_MINUTES
  value: {{ $auth.session.idleMinutes | int | quote }}
{{- end }}
{{- if $auth.local.enabled }}
- name: LOCAL_USER
  value: {{ $auth.local.username | quote }}
- name: LOCAL_PASSWORD_FILE
  value: /etc/dashboard/login/password
{{- end }}
{{- with $auth.oidc }}
- name: OIDC_ISSUER
  value: {{ .issuer | quote }}
- name: OIDC_CLIENT_ID
  value: {{ .clientId | quote }}
- name: OIDC_CLIENT_SECRET_FILE
  value: /etc/dashboard/oidc/client-secret
- name: OIDC_LABEL
  value: {{ .label | default "single sign-on" | quote }}
- name: OIDC_SCOPES
  value: {{ .scopes | default "openid profile email" | quote }}
- name: OIDC_GROUPS_CLAIM
  value: {{ .groupsClaim | default "groups" | quote }}
- name: OIDC_ALLOWED_GROUPS
  value: {{ .allowedGroups | default list | toJson | quote }}
- name: OIDC_ALLOWED_EMAILS
  value: {{ .allowedEmails | default list | toJson | quote }}
- name: OIDC_ALLOWED_DOMAINS
  value: {{ .allowedDomains | default list | toJson | quote }}
{{- with .anybody }}
- name: OIDC_ANYBODY_BECAUSE
  value: {{ .reason | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The Secrets by the name that they are mounted under. */}}
{{- define "dashboard.secrets" -}}
{{- $auth := .Values.auth -}}
{{- if not $auth.open }}
session: {{ $auth.session.existingSecret | quote }}
{{- end }}
{{- if $auth.local.enabled }}
login: {{ $auth.local.existingSecret | quote }}
{{- end }}
{{- with $auth.oidc }}
oidc: {{ .existingSecret | quote }}
{{- end }}
{{- end -}}
