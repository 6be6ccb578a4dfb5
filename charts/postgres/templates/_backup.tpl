{{/* What pgBackRest needs wherever it runs, the server's archive_command included. */}}
{{- define "postgres.backupEnv" -}}
{{- if .Values.backup -}}
- name: PGBACKREST_CONFIG
  value: /etc/mcp-mesh/postgres/pgbackrest.conf
- name: PGBACKREST_CONFIG_INCLUDE_PATH
  value: /run/mcp-mesh/own
- name: PGBACKREST_STANZA
  value: main
{{- end }}
{{- end -}}

{{- define "postgres.backupMounts" -}}
- name: data
  mountPath: /var/lib/mcp-mesh/data
- name: run
  mountPath: /var/run/postgresql
- name: tmp
  mountPath: /tmp
- name: files
  mountPath: /etc/mcp-mesh/postgres
  readOnly: true
{{- if or .Values.backup .Values.restore }}
- name: passphrases
  mountPath: /run/mcp-mesh
{{- end }}
{{- if .Values.backup }}
- name: repository
  mountPath: /var/lib/mcp-mesh/repository
{{- with (.Values.backup.second | default dict).claim }}
- name: second
  mountPath: /var/lib/mcp-mesh/second
{{- end }}
{{- end }}
{{- if .Values.restore }}
- name: source
  mountPath: /var/lib/mcp-mesh/source
  readOnly: true
{{- end }}
{{- end -}}

{{- define "postgres.restoreContainer" -}}
- name: restore
  image: {{ include "mesh-lib.image" . }}
  imagePullPolicy: IfNotPresent
  {{- include "mesh-lib.containerSecurity" . | nindent 2 }}
  command: [sh, /etc/mcp-mesh/postgres/restore.sh]
  env:
    - name: PGDATA
      value: {{ include "postgres.pgdata" . }}
    {{- with .Values.restore }}
    - name: RESTORE_CLAIM
      value: {{ .claim | quote }}
    {{- with .point }}
    - name: RESTORE_POINT
      value: {{ . | quote }}
    {{- end }}
    {{- with .target }}
    - name: RESTORE_TARGET
      value: {{ . | replace "T" " " | replace "Z" "+00" | quote }}
    {{- end }}
    {{- end }}
  resources:
    {{- toYaml .Values.resources | nindent 4 }}
  volumeMounts:
    {{- include "postgres.backupMounts" . | nindent 4 }}
    {{- with (.Values.backup | default dict).encryptionSecret }}
    - name: passphrase-own
      mountPath: /etc/mcp-mesh/passphrase-own
      readOnly: true
    {{- end }}
    {{- include "postgres.secondMounts" . | indent 4 }}
    {{- with (.Values.restore | default dict).encryptionSecret }}
    - name: passphrase-source
      mountPath: /etc/mcp-mesh/passphrase-source
      readOnly: true
    {{- end }}
{{- end -}}

{{/*
In the server's own pod, because pgBackRest reads the data directory and most volumes can be mounted
by the pods of one node only: a CronJob's pod may be on another. Its end comes after the server's.
*/}}
{{- define "postgres.backupContainer" -}}
{{- $backup := include "postgres.backup" . | fromYaml -}}
- name: backup
  restartPolicy: Always
  image: {{ include "mesh-lib.image" . }}
  imagePullPolicy: IfNotPresent
  {{- include "mesh-lib.containerSecurity" . | nindent 2 }}
  command: [sh, /etc/mcp-mesh/postgres/backup.sh]
  env:
    - name: APPLICATION
      value: {{ .Values.application.name | quote }}
    - name: REPOSITORIES
      value: {{ empty $backup.second | ternary "1" "1 2" | quote }}
    - name: FULL_EVERY_DAYS
      value: {{ $backup.fullEveryDays | quote }}
    - name: EVERY_MINUTES
      value: {{ $backup.everyMinutes | quote }}
    - name: LONGEST_MINUTES
      value: {{ $backup.longestMinutes | quote }}
    {{- include "postgres.backupEnv" . | nindent 4 }}
  resources:
    {{- toYaml $backup.resources | nindent 4 }}
  {{- include "postgres.loopProbe" "backup" | nindent 2 }}
  volumeMounts:
    {{- include "postgres.backupMounts" . | nindent 4 }}
{{- end -}}

{{- define "postgres.backupVolumes" -}}
{{- if or .Values.backup .Values.restore }}
# Passphrases as pgBackRest reads them; in memory.
- name: passphrases
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
{{- end }}
{{- with .Values.backup }}
{{- with .encryptionSecret }}
- name: passphrase-own
  secret:
    secretName: {{ . | quote }}
    defaultMode: 288 # 0440
{{- end }}
{{- include "postgres.secondVolumes" $ }}
{{- end }}
{{- with .Values.restore }}
- name: source
  persistentVolumeClaim:
    claimName: {{ .claim | quote }}
    readOnly: true
{{- with .encryptionSecret }}
- name: passphrase-source
  secret:
    secretName: {{ . | quote }}
    defaultMode: 288 # 0440
{{- end }}
{{- end }}
{{- end -}}

{{- define "postgres.repositoryName" -}}
{{ include "mesh-lib.fullname" . }}-backup
{{- end -}}

{{/* Takes a list: the root and a storage's values. The spec of a claim. */}}
{{- define "postgres.claim" -}}
{{- $storage := index . 1 -}}
accessModes:
  {{- toYaml $storage.accessModes | nindent 2 }}
{{- with $storage.class | default (index . 0).Values.global.storageClass }}
storageClassName: {{ . | quote }}
{{- end }}
resources:
  requests:
    storage: {{ $storage.size | quote }}
{{- end -}}
