{{/*
Takes a workload's root. What its number of pods follows, if anything: CPU, or a signal beside it
(autoscaling.signal). Renders an autoscaler, or the object that KEDA makes one from.
*/}}
{{- define "mesh-lib.autoscaler" -}}
{{- if .Values.autoscaling -}}
{{- include "mesh-lib.refuseScaling" . -}}
{{- if eq (.Values.autoscaling.signal | default "resources") "keda" }}
{{- include "mesh-lib.scaledObject" . }}
{{- else }}
{{- include "mesh-lib.horizontalPodAutoscaler" . }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* What a workload's signal is, as a mapping. Agents have a profile; an alias renames a chart, so its name can't tell. */}}
{{- define "mesh-lib.signal" -}}
{{- index (include "mesh-lib.signals" . | fromYaml) (hasKey .Values "profile" | ternary "agent" "registry") | toYaml -}}
{{- end -}}

{{/* Refuses what would scale by nothing, or silently otherwise than its values say. */}}
{{- define "mesh-lib.refuseScaling" -}}
{{- $scaling := .Values.autoscaling -}}
{{- $signal := $scaling.signal | default "resources" -}}
{{- if gt (int $scaling.minReplicas) (int $scaling.maxReplicas) -}}
{{- fail "autoscaling.maxReplicas: must not be less than minReplicas; raise one or lower the other." -}}
{{- end -}}
{{- if and (eq $signal "resources") $scaling.target -}}
{{- fail "autoscaling.target: counts with signal custom-metrics or keda alone; set the signal or leave it out." -}}
{{- end -}}
{{- if and (ne $signal "resources") (not $scaling.target) -}}
{{- $means := (include "mesh-lib.signal" . | fromYaml).means -}}
{{- fail (printf "autoscaling.target: is missing; with signal %s, write how much a pod should have (%s)." $signal $means) -}}
{{- end -}}
{{- if and (ne $signal "resources") (eq .Values.global.monitoring "none") -}}
{{- fail "autoscaling.signal: nothing collects what it goes by; set global.monitoring, or leave it out." -}}
{{- end -}}
{{- if and (eq $signal "keda") (not $scaling.prometheusUrl) -}}
{{- fail "autoscaling.prometheusUrl: is missing; with signal keda, write where KEDA finds Prometheus, such as http://prometheus.monitoring.svc:9090." -}}
{{- end -}}
{{- if and (ne $signal "keda") (or $scaling.prometheusUrl $scaling.fallbackReplicas) -}}
{{- fail "autoscaling: prometheusUrl and fallbackReplicas count with signal keda alone; leave them out." -}}
{{- end -}}
{{- end -}}

{{/*
With a signal, the larger of what it and CPU ask for. While the signal can't be had, CPU alone may
add pods, and none is taken away.
*/}}
{{- define "mesh-lib.horizontalPodAutoscaler" -}}
{{- $scaling := .Values.autoscaling -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "mesh-lib.metadata" (list . (include "mesh-lib.fullname" .)) | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "mesh-lib.fullname" . | quote }}
  minReplicas: {{ $scaling.minReplicas }}
  maxReplicas: {{ $scaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ $scaling.cpuPercent | default 65 }}
    {{- if eq ($scaling.signal | default "resources") "custom-metrics" }}
    - type: Pods
      pods:
        metric:
          name: {{ (include "mesh-lib.signal" . | fromYaml).metric }}
        target:
          type: AverageValue
          averageValue: {{ $scaling.target | toString | quote }}
    {{- end }}
  behavior:
    {{- include "mesh-lib.scalingBehavior" . | nindent 4 }}
{{- end -}}

{{/*
Up at once, by half or by two pods. Down after a quiet while, by one pod, and by the next one only
when that one has had the time to end its calls.
*/}}
{{- define "mesh-lib.scalingBehavior" -}}
{{- $drained := include "mesh-lib.graceSeconds" (.Values.drainSeconds | default 5) | int -}}
scaleUp:
  stabilizationWindowSeconds: 0
  selectPolicy: Max
  policies:
    - { type: Percent, value: 50, periodSeconds: 30 }
    - { type: Pods, value: 2, periodSeconds: 30 }
scaleDown:
  stabilizationWindowSeconds: {{ kindIs "invalid" .Values.autoscaling.quietSeconds | ternary 300 .Values.autoscaling.quietSeconds }}
  policies:
    - { type: Pods, value: 1, periodSeconds: {{ max 60 $drained }} }
{{- end -}}

{{/*
KEDA makes an autoscaler from it, and answers for its metrics. While Prometheus does not, there are
as many pods as there were, and fallbackReplicas at least.
*/}}
{{- define "mesh-lib.scaledObject" -}}
{{- $scaling := .Values.autoscaling -}}
{{- $name := include "mesh-lib.fullname" . -}}
{{- $query := (include "mesh-lib.signal" . | fromYaml).query -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  {{- include "mesh-lib.metadata" (list . $name) | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ $name | quote }}
  minReplicaCount: {{ $scaling.minReplicas }}
  maxReplicaCount: {{ $scaling.maxReplicas }}
  pollingInterval: 15
  fallback:
    failureThreshold: 3
    replicas: {{ $scaling.fallbackReplicas | default $scaling.minReplicas }}
    behavior: currentReplicasIfHigher
  advanced:
    horizontalPodAutoscalerConfig:
      name: {{ $name | quote }}
      behavior:
        {{- include "mesh-lib.scalingBehavior" . | nindent 8 }}
  triggers:
    - type: prometheus
      metricType: AverageValue
      metadata:
        serverAddress: {{ $scaling.prometheusUrl | quote }}
        query: {{ $query | replace "NAMESPACE" .Release.Namespace | replace "SERVICE" $name | quote }}
        threshold: {{ $scaling.target | toString | quote }}
        # No answer is not an answer of 0: it is a failure, for which there is the fallback.
        ignoreNullValues: "false"
    - type: cpu
      metricType: Utilization
      metadata:
        value: {{ $scaling.cpuPercent | default 65 | toString | quote }}
{{- end -}}
