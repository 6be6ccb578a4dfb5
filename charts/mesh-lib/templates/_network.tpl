{{/* Takes the name of a workload of the mesh in this namespace. */}}
{{- define "mesh-lib.peer" -}}
podSelector:
  matchLabels:
    app.kubernetes.io/name: {{ . | quote }}
    app.kubernetes.io/part-of: mcp-mesh
{{- end -}}

{{/* Takes the root. The egress rule for names. */}}
{{- define "mesh-lib.dnsPeer" -}}
{{- with .Values.global.dns -}}
- ports:
    - protocol: UDP
      port: 53
    - protocol: TCP
      port: 53
  to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .namespace | quote }}
      podSelector:
        matchLabels:
          {{- toYaml .labels | nindent 10 }}
{{- end }}
{{- end -}}

{{/*
Takes a list: the root, the port that callers use and the metrics' port (0: none of it). Opens what
.Values.network names; nothing else passes in either direction.
*/}}
{{- define "mesh-lib.networkPolicy" -}}
{{- $root := index . 0 -}}
{{- $network := $root.Values.network -}}
{{- $mesh := include "mesh-lib.meshNetworkPeers" $root | fromYaml -}}
{{- $metrics := "" -}}
{{- if index . 2 }}{{ $metrics = include "mesh-lib.metricsPeers" (list $root (index . 2)) }}{{ end -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "mesh-lib.metadata" (list $root (include "mesh-lib.fullname" $root)) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "mesh-lib.selector" $root | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- $callers := and (index . 1) (or $network.ingress $network.gateways) }}
  {{- if or $callers $metrics $mesh.ingress }}
  ingress:
    {{- if $callers }}
    - ports:
        - protocol: TCP
          port: {{ index . 1 }}
      from:
        {{- range $network.ingress }}
        - {{ include "mesh-lib.peer" . | nindent 10 | trim }}
        {{- end }}
        {{- range $network.gateways }}
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: {{ .namespace | quote }}
          podSelector:
            matchLabels:
              {{- toYaml .labels | nindent 14 }}
        {{- end }}
    {{- end }}
    {{- with $metrics }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with $mesh.ingress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
  {{- $collector := include "mesh-lib.tracingPeer" $root }}
  {{- if or $network.egress $network.outside $mesh.egress $collector }}
  egress:
    {{- include "mesh-lib.dnsPeer" $root | nindent 4 }}
    {{- range $network.egress }}
    - ports:
        - protocol: TCP
          port: {{ .port }}
      to:
        - {{ include "mesh-lib.peer" .to | nindent 10 | trim }}
    {{- end }}
    {{- range $network.outside }}
    - ports:
        - protocol: TCP
          port: {{ .port }}
      to:
        - ipBlock:
            cidr: {{ .cidr | quote }}
    {{- end }}
    {{- with $collector }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with $mesh.egress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
{{- end -}}
