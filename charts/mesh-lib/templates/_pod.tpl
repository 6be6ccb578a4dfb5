{{/* Takes the root. The image's complete reference, a mirror's host in place of its own. */}}
{{- define "mesh-lib.image" -}}
{{ include "mesh-lib.reference" (list . .Values.image) }}
{{- end -}}

{{/* Takes a list: the root and an image. */}}
{{- define "mesh-lib.reference" -}}
{{- $image := index . 1 -}}
{{ (index . 0).Values.global.imageRegistry | default $image.registry }}/{{ $image.repository }}:{{ $image.tag }}
{{- with $image.digest }}@{{ . }}{{ end }}
{{- end -}}

{{/* Takes a list: the root and the port with the metrics, 0 for none. The metadata of the pods. */}}
{{- define "mesh-lib.podMetadata" -}}
{{- $root := index . 0 -}}
{{- $pod := $root.Values.pod -}}
{{- $house := include "mesh-lib.houseLabels" $root | fromYaml }}
labels:
  {{- include "mesh-lib.identity" $root | nindent 2 }}
  {{- include "mesh-lib.versionLabel" $root.Values.image.tag | nindent 2 }}
  {{- with merge (dict) $pod.labels (include "mesh-lib.meshPodLabels" $root | fromYaml) $house }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- $metrics := dict -}}
{{- if index . 1 }}{{ $metrics = include "mesh-lib.metricsAnnotations" . | fromYaml }}{{ end -}}
{{- with merge (dict) $pod.annotations $metrics (include "mesh-lib.meshPodAnnotations" $root | fromYaml) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
Takes a list: the root and a user id. The part of every pod's spec that is not about its containers:
the strictest Pod Security profile, an account without a token, and what the stack adds.
*/}}
{{- define "mesh-lib.podSpec" -}}
{{- $root := index . 0 -}}
{{- $pod := $root.Values.pod -}}
serviceAccountName: {{ include "mesh-lib.serviceAccountName" $root | quote }}
automountServiceAccountToken: false
enableServiceLinks: false
{{ include "mesh-lib.podSecurity" (index . 1) }}
{{- with $root.Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with $pod.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with $pod.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pod.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "mesh-lib.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default (include "mesh-lib.fullname" .) }}
{{- end -}}

{{/* Takes a user id. */}}
{{- define "mesh-lib.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ . }}
  runAsGroup: {{ . }}
  fsGroup: {{ . }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "mesh-lib.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{/* More or less CPU needs no restart; Node and Postgres size their memory when they start. */}}
{{- define "mesh-lib.resources" -}}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
resizePolicy:
  - resourceName: cpu
    restartPolicy: NotRequired
  - resourceName: memory
    restartPolicy: RestartContainer
{{- end -}}

{{- define "mesh-lib.env" -}}
{{- range $name, $value := .Values.env }}
- name: {{ $name | quote }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{/*
Replicas on different nodes, always; over zones as the stack asks. Both count the pods of one
revision only: a rolling update then needs no spare node.
*/}}
{{- define "mesh-lib.placement" -}}
affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "mesh-lib.selector" . | nindent 12 }}
        matchLabelKeys: [pod-template-hash]
topologySpreadConstraints:
  - topologyKey: topology.kubernetes.io/zone
    maxSkew: 1
    whenUnsatisfiable: {{ eq .Values.placement.zones "required" | ternary "DoNotSchedule" "ScheduleAnyway" }}
    labelSelector:
      matchLabels:
        {{- include "mesh-lib.selector" . | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
{{- end -}}

{{/*
How many, unless an autoscaler says so; and the new pods are ready before old ones go, a quarter at a
time. What has sessions is one pod, and one more while it hands over.
*/}}
{{- define "mesh-lib.rolling" -}}
{{- if not .Values.autoscaling }}
replicas: {{ .Values.replicas }}
{{- end }}
progressDeadlineSeconds: 300
strategy:
  type: RollingUpdate
  rollingUpdate:
    maxUnavailable: 0
    maxSurge: {{ eq (.Values.profile | default "") "stateless" | ternary "25%" 1 }}
{{- end -}}

{{/* How long a process that was told to end may take for the requests it has. */}}
{{- define "mesh-lib.drainSeconds" -}}
20
{{- end -}}

{{/*
Takes the seconds until the process is told to end. The grace period is that, its drain, 10 s for a
registry that hangs, and 5 s for the process's own end.
*/}}
{{- define "mesh-lib.graceSeconds" -}}
{{ add . (include "mesh-lib.drainSeconds" .) 10 5 }}
{{- end -}}

{{- define "mesh-lib.preStop" -}}
preStop:
  sleep:
    seconds: {{ . }}
{{- end -}}
