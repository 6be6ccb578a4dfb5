{{/* The password of each login as its Secret says it, and the server's certificate. */}}
{{- define "postgres.loginMounts" -}}
- name: superuser
  mountPath: /etc/mcp-mesh/superuser
  readOnly: true
- name: application
  mountPath: /etc/mcp-mesh/application
  readOnly: true
- name: tls
  mountPath: /etc/mcp-mesh/tls
  readOnly: true
{{- end -}}

{{/*
The Secrets of all that take turns, those too that are not there at the time: they come and go without
a restart of the server.
*/}}
{{- define "postgres.turnsVolume" -}}
{{- with .Values.application.logins -}}
- name: logins
  projected:
    defaultMode: 288 # 0440
    sources:
      {{- range . }}
      - secret:
          name: {{ .existingSecret | quote }}
          optional: true
          items:
            - key: password
              path: {{ .name | quote }}
      {{- end }}
{{- end -}}
{{- end -}}

{{/* With psql beside the server: it comes over the socket as the server's own account. */}}
{{- define "postgres.loginsContainer" -}}
- name: logins
  restartPolicy: Always
  image: {{ include "mesh-lib.image" . }}
  imagePullPolicy: IfNotPresent
  {{- include "mesh-lib.containerSecurity" . | nindent 2 }}
  command: [sh, /etc/mcp-mesh/postgres/logins.sh]
  env:
    - name: APPLICATION
      value: {{ .Values.application.name | quote }}
    - name: LOGINS
      value: {{ range $i, $login := .Values.application.logins }}{{ if $i }} {{ end }}{{ $login.name }}{{ else }}""{{ end }}
    {{- include "postgres.followersEnv" . | nindent 4 }}
  resources:
    {{- toYaml .Values.logins.resources | nindent 4 }}
  {{- include "postgres.loopProbe" "logins" | nindent 2 }}
  volumeMounts:
    - name: run
      mountPath: /var/run/postgresql
    - name: tmp
      mountPath: /tmp
    - name: files
      mountPath: /etc/mcp-mesh/postgres
      readOnly: true
    {{- include "postgres.loginMounts" . | nindent 4 }}
    {{- if .Values.application.logins }}
    - name: logins
      mountPath: /etc/mcp-mesh/logins
      readOnly: true
    {{- end }}
    {{- with include "postgres.replicationMount" . }}
    {{- . | nindent 4 }}
    {{- end }}
{{- end -}}
