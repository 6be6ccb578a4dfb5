{{/* Takes the root. Its pods have another name than the database's: its Service must not lead to them. */}}
{{- define "postgres.verificationName" -}}
{{ include "mesh-lib.fullname" . | trunc 43 | trimSuffix "-" }}-verify
{{- end -}}

{{- define "postgres.verificationSelector" -}}
app.kubernetes.io/name: {{ include "postgres.verificationName" . | quote }}
app.kubernetes.io/part-of: mcp-mesh
{{- end -}}

{{/* Nobody calls it and it calls nobody, so it is in no service mesh either. */}}
{{- define "postgres.verificationLabels" -}}
{{ include "postgres.verificationSelector" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: postgres-verify
{{ include "mesh-lib.versionLabel" .Values.image.tag }}
{{- with merge (dict) .Values.pod.labels (include "mesh-lib.houseLabels" . | fromYaml) }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
Restores the newest backup beside the database and looks into it. The repository is only read, but for
the folder that takes the outcome; nothing of the live server is mounted, and no password.
*/}}
{{- define "postgres.verificationContainer" -}}
- name: verify
  image: {{ include "mesh-lib.image" . }}
  imagePullPolicy: IfNotPresent
  {{- include "mesh-lib.containerSecurity" . | nindent 2 }}
  command: [sh, /etc/mcp-mesh/postgres/verify.sh]
  env:
    - name: PGDATA
      value: {{ include "postgres.pgdata" . }}
    - name: APPLICATION
      value: {{ .Values.application.name | quote }}
    {{- include "postgres.backupEnv" . | nindent 4 }}
  resources:
    {{- toYaml .Values.verification.resources | nindent 4 }}
  volumeMounts:
    - name: data
      mountPath: /var/lib/mcp-mesh/data
    - name: repository
      mountPath: /var/lib/mcp-mesh/repository
      readOnly: true
    - name: repository
      mountPath: /var/lib/mcp-mesh/verification
      subPath: verification
    - name: run
      mountPath: /var/run/postgresql
    - name: tmp
      mountPath: /tmp
    - name: passphrases
      mountPath: /run/mcp-mesh
    - name: files
      mountPath: /etc/mcp-mesh/postgres
      readOnly: true
    {{- if .Values.backup.encryptionSecret }}
    - name: passphrase-own
      mountPath: /etc/mcp-mesh/passphrase-own
      readOnly: true
    {{- end }}
{{- end -}}

{{- define "postgres.verificationVolumes" -}}
{{- $scratch := dict "size" (.Values.verification.size | default .Values.storage.size) "class" .Values.storage.class "accessModes" (list "ReadWriteOnce") -}}
# As large as the data, and gone with the pod.
- name: data
  ephemeral:
    volumeClaimTemplate:
      metadata:
        labels:
          {{- include "postgres.verificationSelector" . | nindent 10 }}
      spec:
        {{- include "postgres.claim" (list . $scratch) | nindent 8 }}
- name: repository
  persistentVolumeClaim:
    claimName: {{ include "postgres.writersRepository" . | quote }}
- name: run
  emptyDir:
    sizeLimit: 1Mi
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
- name: passphrases
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
- name: files
  configMap:
    name: {{ include "postgres.filesName" . }}
{{- with .Values.backup.encryptionSecret }}
- name: passphrase-own
  secret:
    secretName: {{ . | quote }}
    defaultMode: 288 # 0440
{{- end }}
{{- end -}}
