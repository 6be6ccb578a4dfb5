{{/*
The name of a release's objects, 50 characters at most: it becomes a Service's and part of a pod's.
*/}}
{{- define "mesh-lib.fullname" -}}
{{- $own := .Chart.IsRoot | ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) -}}
{{ .Values.fullnameOverride | default $own | trunc 50 | trimSuffix "-" }}
{{- end -}}

{{/* Never changes for a release: Deployments, Services and NetworkPolicies select by it. */}}
{{- define "mesh-lib.selector" -}}
app.kubernetes.io/name: {{ include "mesh-lib.fullname" . | quote }}
app.kubernetes.io/part-of: mcp-mesh
{{- end -}}

{{- define "mesh-lib.identity" -}}
{{ include "mesh-lib.selector" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: {{ .Chart.Name }}
{{- end -}}

{{/* What the stack and the chart's user put on every object, as a mapping. */}}
{{- define "mesh-lib.houseLabels" -}}
{{- with merge (dict) (.Values.labels | default dict) .Values.global.labels }}{{ toYaml . }}{{ end -}}
{{- end -}}

{{/* Takes a version. What of it a label may hold. */}}
{{- define "mesh-lib.versionLabel" -}}
app.kubernetes.io/version: {{ regexReplaceAll "[^A-Za-z0-9_.-]" . "-" | trunc 63 | trimAll "-_." | quote }}
{{- end -}}

{{- define "mesh-lib.labels" -}}
{{- $version := .Values.version | default (.Values.image | default dict).tag | default .Chart.AppVersion -}}
{{- with include "mesh-lib.houseLabels" . }}{{ . | trim }}
{{ end -}}
{{ include "mesh-lib.identity" . }}
{{ include "mesh-lib.versionLabel" $version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{/*
Takes a list: the root, a name and, where an object has some of its own, a dict of annotations.
Gives the metadata of an object.
*/}}
{{- define "mesh-lib.metadata" -}}
{{- $root := index . 0 -}}
{{- $own := gt (len .) 2 | ternary (last .) (dict) -}}
name: {{ index . 1 | quote }}
namespace: {{ $root.Release.Namespace | quote }}
labels:
  {{- include "mesh-lib.labels" $root | nindent 2 }}
{{- with merge (dict) $own ($root.Values.annotations | default dict) $root.Values.global.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Takes a list: a name and a content. A changed content is another object, so pods roll. */}}
{{- define "mesh-lib.hashedName" -}}
{{ index . 0 }}-{{ index . 1 | sha256sum | trunc 10 }}
{{- end -}}
