{{/*
Takes a list: the root, the name of the port that callers use, its number, the metrics' port, and its
name if it is neither the callers' nor "health".
Everything that stands around a stateless workload's Deployment, one document each.
*/}}
{{- define "mesh-lib.access" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $port := index . 2 -}}
{{- $metrics := index . 3 -}}
{{- $usual := eq (int $metrics) (int $port) | ternary $name "health" -}}
{{- $metricsName := gt (len .) 4 | ternary (last .) $usual -}}
{{ include "mesh-lib.serviceAccount" $root }}
---
{{ include "mesh-lib.service" (list $root $name $port) }}
---
{{ include "mesh-lib.networkPolicy" (list $root $port $metrics) }}
{{- with include "mesh-lib.disruptionBudget" $root }}
---
{{ . }}
{{- end }}
{{- with include "mesh-lib.autoscaler" $root }}
---
{{ . }}
{{- end }}
{{- with include "mesh-lib.route" (list $root $port) }}
---
{{ . }}
{{- end }}
{{- with include "mesh-lib.ingress" (list $root $name) }}
---
{{ . }}
{{- end }}
{{- with include "mesh-lib.meshPolicies" (list $root $port $metrics) }}
---
{{ . }}
{{- end }}
{{- if $metrics }}
{{- with include "mesh-lib.serviceMonitor" (list $root $metricsName) }}
---
{{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "mesh-lib.serviceAccount" -}}
{{- if not .Values.serviceAccount.name }}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "mesh-lib.metadata" (list . (include "mesh-lib.fullname" .) .Values.serviceAccount.annotations) | nindent 2 }}
automountServiceAccountToken: false
{{- end }}
{{- end -}}

{{/*
Takes a list: the root, a port's name and its number. Every request may go to any pod: what has
sessions has one pod, because affinity by client address starves pods behind a proxy.
*/}}
{{- define "mesh-lib.service" -}}
{{- $root := index . 0 -}}
{{- $controller := include "mesh-lib.ingressServiceAnnotations" $root | fromYaml -}}
{{- $own := merge (dict) $root.Values.service.annotations $controller (dict "pulumi.com/skipAwait" "true") -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "mesh-lib.metadata" (list $root (include "mesh-lib.fullname" $root) $own) | nindent 2 }}
spec:
  type: ClusterIP
  ipFamilyPolicy: {{ $root.Values.global.ipFamilyPolicy }}
  selector:
    {{- include "mesh-lib.selector" $root | nindent 4 }}
  ports:
    - name: {{ index . 1 }}
      port: {{ index . 2 }}
      targetPort: {{ index . 1 }}
      appProtocol: http
{{- end -}}

{{/* The least number of pods that there will be. */}}
{{- define "mesh-lib.leastReplicas" -}}
{{ (.Values.autoscaling | default dict).minReplicas | default .Values.replicas | int }}
{{- end -}}

{{/*
One pod at a time may be evicted, and a sick one always; a single pod is never held back. One with
sessions has a budget all the same: the next pod may go only when it has a successor.
*/}}
{{- define "mesh-lib.disruptionBudget" -}}
{{- if or (gt (include "mesh-lib.leastReplicas" . | int) 1) (eq (.Values.profile | default "") "sessionful") -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "mesh-lib.metadata" (list . (include "mesh-lib.fullname" .)) | nindent 2 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "mesh-lib.selector" . | nindent 6 }}
{{- end }}
{{- end -}}
