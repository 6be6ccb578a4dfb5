{{/*
The second repository, as pgBackRest reads it. In a file of its own: the restore container puts the
keys behind it, and whoever looks at the first repository only knows nothing of it.
*/}}
{{- define "postgres.second" -}}
{{- with (include "postgres.backup" . | fromYaml).second -}}
{{- if eq (empty .claim) (empty .s3) -}}
{{- fail "backup.second: is either on a claim or in s3: name one of them." -}}
{{- end -}}
[global]
repo2-retention-full={{ .retentionFull }}
{{- if .encryptionSecret }}
repo2-cipher-type=aes-256-cbc
{{- end }}
{{- with .s3 }}
{{- if not $.Values.network.outside -}}
{{- fail "backup.second.s3: nothing lets the pod reach it; add its address and port to network.outside." -}}
{{- end }}
repo2-type=s3
repo2-path={{ .path }}
repo2-s3-endpoint={{ .endpoint }}
repo2-storage-port={{ .port }}
repo2-s3-region={{ .region }}
repo2-s3-bucket={{ .bucket }}
repo2-s3-uri-style={{ .uriStyle }}
{{- if .caSecret }}
repo2-storage-ca-file=/run/mcp-mesh/second-ca.crt
{{- end }}
{{- else }}
repo2-path=/var/lib/mcp-mesh/second
{{- end }}
{{- end -}}
{{- end -}}

{{/* The Secrets of the second repository, by what the restore container knows them as. */}}
{{- define "postgres.secondSecrets" -}}
{{- with (.Values.backup | default dict).second -}}
{{- with .encryptionSecret }}
passphrase-second: {{ . | quote }}
{{- end }}
{{- with .s3 }}
second-credentials: {{ .credentialsSecret | quote }}
{{- with .caSecret }}
second-ca: {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}
{{- end -}}

{{- define "postgres.secondMounts" -}}
{{- range $name, $_ := include "postgres.secondSecrets" . | fromYaml }}
- name: {{ $name }}
  mountPath: /etc/mcp-mesh/{{ $name }}
  readOnly: true
{{- end }}
{{- end -}}

{{- define "postgres.secondVolumes" -}}
{{- with (.Values.backup.second | default dict).claim }}
- name: second
  persistentVolumeClaim:
    claimName: {{ . | quote }}
{{- end }}
{{- range $name, $secret := include "postgres.secondSecrets" . | fromYaml }}
- name: {{ $name }}
  secret:
    secretName: {{ $secret | quote }}
    defaultMode: 288 # 0440
{{- end }}
{{- end -}}
