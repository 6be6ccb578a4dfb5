{{/* Takes a user id. The strictest Pod Security profile, for every pod. */}}
{{- define "mesh-lib.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
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

{{/* The new pod is ready before an old one goes. */}}
{{- define "mesh-lib.rolling" -}}
type: RollingUpdate
rollingUpdate:
  maxUnavailable: 0
  maxSurge: 1
{{- end -}}

{{/*
Takes the seconds that endpoints need to forget the pod. The grace period is that plus 20 s for the
process to end the requests it has, 10 s for a registry that hangs, and 5 s for the process's own end.
*/}}
{{- define "mesh-lib.graceSeconds" -}}
{{ add . 35 }}
{{- end -}}

{{- define "mesh-lib.preStop" -}}
preStop:
  sleep:
    seconds: {{ . }}
{{- end -}}
