{{/*
Takes a list: the root, the name of a part (prometheus, alertmanager, grafana), and an empty dict,
which becomes a root of that part's own: what mesh-lib says of a chart then holds for the part.
*/}}
{{- define "observability.part" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $part := index . 2 -}}
{{- $own := dict "fullnameOverride" (include "observability.name" (list $root $name)) -}}
{{- $own = merge $own (index $root.Values $name) (pick $root.Values "global" "labels" "annotations") -}}
{{- /* Istio's sidecars leave the metrics to who is outside of the mesh; the others want an identity. */}}
{{- if eq $root.Values.global.serviceMesh "istio" }}
{{- $_ := set $own "global" (mergeOverwrite (deepCopy $root.Values.global) (dict "serviceMesh" "none")) }}
{{- end }}
{{- range $key, $value := omit $root "Chart" "Values" }}{{ $_ := set $part $key $value }}{{ end -}}
{{- $_ := set $part "Values" $own -}}
{{- $_ := set $part "Chart" (dict "Name" $name "Version" $root.Chart.Version "IsRoot" $root.Chart.IsRoot) -}}
{{- end -}}

{{/* Takes a list: the root and a part's name. The name of the part's objects. */}}
{{- define "observability.name" -}}
{{ include "mesh-lib.fullname" (index . 0) | trunc 36 | trimSuffix "-" }}-{{ index . 1 }}
{{- end -}}

{{/*
Takes a part. What stands above its pod template: one pod, because each of the three keeps its data
in files that no second process may open.
*/}}
{{- define "observability.statefulSet" -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- $backup := "none: metrics and silences may be lost, dashboards come from git" }}
  {{- $own := dict "policy.mcp-mesh.dev/backup" $backup }}
  {{- include "mesh-lib.metadata" (list . (include "mesh-lib.fullname" .) $own) | nindent 2 }}
spec:
  replicas: 1
  serviceName: {{ include "mesh-lib.fullname" . | quote }}
  # A pod that cannot start is replaced by a better version; otherwise it would be waited for.
  podManagementPolicy: Parallel
  persistentVolumeClaimRetentionPolicy:
    whenDeleted: Retain
    whenScaled: Retain
  selector:
    matchLabels:
      {{- include "mesh-lib.selector" . | nindent 6 }}
{{- end -}}

{{/* Takes a part. The volume that it keeps its data on. */}}
{{- define "observability.claims" -}}
volumeClaimTemplates:
  - metadata:
      name: data
      labels:
        {{- include "mesh-lib.selector" . | nindent 8 }}
    spec:
      accessModes: [ReadWriteOnce]
      {{- with .Values.storage.class | default .Values.global.storageClass }}
      storageClassName: {{ . | quote }}
      {{- end }}
      resources:
        requests:
          storage: {{ .Values.storage.size }}
{{- end -}}

{{/* Takes a part. What every one of the three containers has. */}}
{{- define "observability.container" -}}
name: {{ .Chart.Name }}
image: {{ include "mesh-lib.image" . }}
imagePullPolicy: IfNotPresent
{{ include "mesh-lib.containerSecurity" . }}
{{ include "mesh-lib.resources" . }}
{{- end -}}
