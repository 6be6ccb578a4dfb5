{{/* Takes a list: the root, a name and a weight. What `helm test` makes first, and removes after. */}}
{{- define "mesh-lib.testMetadata" -}}
{{- $root := index . 0 -}}
name: {{ index . 1 | quote }}
namespace: {{ $root.Release.Namespace | quote }}
labels:
  {{- include "mesh-lib.testLabels" $root | nindent 2 }}
annotations:
  helm.sh/hook: test
  helm.sh/hook-weight: {{ index . 2 | quote }}
  helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded,hook-failed
{{- end -}}

{{- define "mesh-lib.testLabels" -}}
app.kubernetes.io/name: release-check
app.kubernetes.io/part-of: mcp-mesh
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: release-check
{{- end -}}

{{/*
Takes a list: the root, a name and the port of the workload that the test calls. Opens that one flow
at both of its ends, for as long as the test runs.
*/}}
{{- define "mesh-lib.testPolicies" -}}
{{- $root := index . 0 -}}
{{- $workload := include "mesh-lib.fullname" $root -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "mesh-lib.testMetadata" (list $root (index . 1) -1) | nindent 2 }}
spec:
  podSelector:
    {{- index (include "mesh-lib.peer" "release-check" | fromYaml) "podSelector" | toYaml | nindent 4 }}
  policyTypes: [Egress]
  egress:
    {{- include "mesh-lib.dnsPeer" $root | nindent 4 }}
    - ports:
        - protocol: TCP
          port: {{ index . 2 }}
      to:
        - {{ include "mesh-lib.peer" $workload | nindent 10 | trim }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "mesh-lib.testMetadata" (list $root (printf "%s-in" (index . 1)) -1) | nindent 2 }}
spec:
  podSelector:
    {{- index (include "mesh-lib.peer" $workload | fromYaml) "podSelector" | toYaml | nindent 4 }}
  policyTypes: [Ingress]
  ingress:
    - ports:
        - protocol: TCP
          port: {{ index . 2 }}
      from:
        - {{ include "mesh-lib.peer" "release-check" | nindent 10 | trim }}
{{- end -}}

{{/* The network policies that let a test out are as young as its pod: what comes too early comes again. */}}
{{- define "mesh-lib.testPod" -}}
restartPolicy: OnFailure
activeDeadlineSeconds: 180
serviceAccountName: default
automountServiceAccountToken: false
enableServiceLinks: false
{{ include "mesh-lib.podSecurity" 65532 }}
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "mesh-lib.testResources" -}}
resources:
  requests: { cpu: 50m, memory: 96Mi, ephemeral-storage: 16Mi }
  limits: { cpu: 500m, memory: 192Mi, ephemeral-storage: 64Mi }
{{- end -}}

{{/*
Takes a list: the root, a port, a path and a regular expression for the answer. A workload with Node in
its image asks itself through its Service.
*/}}
{{- define "mesh-lib.httpTest" -}}
{{- $root := index . 0 -}}
{{- $name := printf "%s-test" (include "mesh-lib.fullname" $root) -}}
{{- $url := printf "http://%s.%s.svc:%v%s" (include "mesh-lib.fullname" $root) $root.Release.Namespace (index . 1) (index . 2) -}}
{{ include "mesh-lib.testPolicies" (list $root $name (index . 1)) }}
---
apiVersion: v1
kind: Pod
metadata:
  {{- include "mesh-lib.testMetadata" (list $root $name 0) | nindent 2 }}
spec:
  {{- include "mesh-lib.testPod" $root | nindent 2 }}
  containers:
    - name: ask
      image: {{ include "mesh-lib.image" $root }}
      imagePullPolicy: IfNotPresent
      {{- include "mesh-lib.containerSecurity" $root | nindent 6 }}
      {{- include "mesh-lib.testResources" $root | nindent 6 }}
      command: [/nodejs/bin/node, --eval]
      args:
        - |
          fetch({{ toJson $url }}, { signal: AbortSignal.timeout(20_000) }).then(async (answer) => {
            const text = await answer.text();
            console.log(answer.status, text);
            process.exitCode = answer.ok && new RegExp({{ toJson (index . 3) }}, "m").test(text) ? 0 : 1;
          });
{{- end -}}
