{{/* Never changes for a release: Deployments, Services and NetworkPolicies select by it. */}}
{{- define "mesh-lib.selector" -}}
app.kubernetes.io/name: {{ .Release.Name }}
app.kubernetes.io/part-of: mcp-mesh
{{- end -}}

{{- define "mesh-lib.podLabels" -}}
{{ include "mesh-lib.selector" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: {{ .Chart.Name }}
{{- end -}}

{{- define "mesh-lib.labels" -}}
{{ include "mesh-lib.podLabels" . }}
app.kubernetes.io/version: {{ .Values.version | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{/* Takes a list: the root and a name. Gives the metadata of an object. */}}
{{- define "mesh-lib.metadata" -}}
{{- $root := index . 0 -}}
name: {{ index . 1 }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "mesh-lib.labels" $root | nindent 2 }}
{{- end -}}

{{/* Takes a list: a name and a content. A changed content is another object, so pods roll. */}}
{{- define "mesh-lib.hashedName" -}}
{{ index . 0 }}-{{ index . 1 | sha256sum | trunc 10 }}
{{- end -}}
