{{/*
What a service mesh (global.serviceMesh) needs of a workload; nothing is rendered where it is `none`.
The mesh's CNI plugin must be installed, since its init containers break the restricted Pod Security
profile; its control plane is expected in its usual namespace, istio-system or linkerd. Sidecars are
native ones, so that they start before the containers, stop after them, and let Jobs end.
*/}}

{{/* Takes the root. Labels for a pod's template, as a mapping. */}}
{{- define "mesh-lib.meshPodLabels" -}}
{{- if eq .Values.global.serviceMesh "istio" -}}
sidecar.istio.io/inject: "true"
{{- else if eq .Values.global.serviceMesh "ambient" -}}
istio.io/dataplane-mode: ambient
{{- end }}
{{- end -}}

{{/*
Takes the root. Annotations for a pod's template, as a mapping. Istio's agent answers the kubelet's
probes outside of mTLS, and leaves the metrics where Prometheus finds them without the mesh.
*/}}
{{- define "mesh-lib.meshPodAnnotations" -}}
{{- if eq .Values.global.serviceMesh "istio" -}}
sidecar.istio.io/nativeSidecar: "true"
sidecar.istio.io/rewriteAppHTTPProbers: "true"
prometheus.istio.io/merge-metrics: "false"
{{- else if eq .Values.global.serviceMesh "linkerd" -}}
linkerd.io/inject: enabled
config.linkerd.io/proxy-enable-native-sidecar: "true"
{{- end }}
{{- end -}}

{{/*
Takes the root. A mapping with two lists of rules, `ingress` and `egress`, that the mesh needs in the
workload's NetworkPolicy beside its own: the way to the control plane, and the tunnel's port, through
which the same peers then come as without a mesh.
*/}}
{{- define "mesh-lib.meshNetworkPeers" -}}
{{- $mesh := .Values.global.serviceMesh -}}
{{- $tunnel := dict "ambient" 15008 "linkerd" 4143 -}}
{{- if eq $mesh "istio" -}}
egress:
  {{- include "mesh-lib.controlPlane" (list "istio-system" (dict "app" "istiod") (list 15012)) | nindent 2 }}
{{- else if hasKey $tunnel $mesh -}}
ingress:
  {{- with include "mesh-lib.tunnelIn" (list . (get $tunnel $mesh)) }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- if eq $mesh "ambient" }}
  # The addresses under which the node's kubelet probes.
  - from:
      - ipBlock: { cidr: 169.254.7.127/32 }
      - ipBlock: { cidr: "fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128" }
  {{- end }}
egress:
  {{- if eq $mesh "linkerd" }}
  {{- include "mesh-lib.controlPlane" (list "linkerd" dict (list 8080 8086 8090)) | nindent 2 }}
  {{- end }}
  {{- with .Values.network.egress }}
  - ports: [{ protocol: TCP, port: {{ get $tunnel $mesh }} }]
    to:
      {{- range . }}
      - {{ include "mesh-lib.peer" .to | nindent 8 | trim }}
      {{- end }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Takes a list: the control plane's namespace, its pods' labels (none: all), and its ports. */}}
{{- define "mesh-lib.controlPlane" -}}
- ports:
    {{- range index . 2 }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
  to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ index . 0 | quote }}
      {{- with index . 1 }}
      podSelector:
        matchLabels:
          {{- toYaml . | nindent 10 }}
      {{- end }}
{{- end -}}

{{/* Takes a list: the root and the tunnel's port. Rules for those who may call or read metrics. */}}
{{- define "mesh-lib.tunnelIn" -}}
{{- $network := (index . 0).Values.network -}}
{{- if or $network.ingress $network.gateways }}
- ports: [{ protocol: TCP, port: {{ index . 1 }} }]
  from:
    {{- range $network.ingress }}
    - {{ include "mesh-lib.peer" . | nindent 6 | trim }}
    {{- end }}
    {{- range $network.gateways }}
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .namespace | quote }}
      podSelector:
        matchLabels:
          {{- toYaml .labels | nindent 10 }}
    {{- end }}
{{- end }}
{{- with include "mesh-lib.metricsPeers" . }}
{{ . }}
{{- end }}
{{- end -}}

{{/*
Takes a list: the root, the port that callers use and, where they are, the port with /metrics (0: none)
and "opaque" for what is not HTTP. Whole objects, several documents: mTLS only, and only from the
accounts of the workloads in network.ingress and from the gateways' namespaces. A caller's account has
the name of its workload, and a gateway has to be in the mesh as well.
*/}}
{{- define "mesh-lib.meshPolicies" -}}
{{- $root := index . 0 -}}
{{- $global := $root.Values.global -}}
{{- $metrics := and (gt (len .) 2) (ne $global.monitoring "none") | ternary (slice . 2 | first) 0 | int -}}
{{- $port := index . 1 | int -}}
{{- if or (eq $global.serviceMesh "istio") (eq $global.serviceMesh "ambient") -}}
{{ include "mesh-lib.istioPolicies" (list $root $port $metrics) }}
{{- else if eq $global.serviceMesh "linkerd" -}}
{{ include "mesh-lib.linkerdPolicies" (list $root $port $metrics (has "opaque" .)) }}
{{- end }}
{{- end -}}

{{/*
Takes a list: the root, the callers' port and the metrics' port (0: none). With sidecars Prometheus
stays outside of the mesh: its port takes plain text too, but then nothing passes except GET /metrics.
Ambient policies see no paths: there it is a metrics port of its own, or else Prometheus' identity.
*/}}
{{- define "mesh-lib.istioPolicies" -}}
{{- $root := index . 0 -}}
{{- $port := index . 1 -}}
{{- $metrics := index . 2 -}}
{{- $network := $root.Values.network -}}
{{- $paths := eq $root.Values.global.serviceMesh "istio" -}}
{{- $open := and (ne $metrics 0) (or $paths (ne $metrics $port)) -}}
{{- $scraper := and (ne $metrics 0) (not $open) | ternary (include "mesh-lib.scraper" $root | fromYaml) dict -}}
{{- $accounts := concat $network.ingress (compact (list $scraper.account)) -}}
{{- $namespaces := concat (compact (list $scraper.namespace)) -}}
{{- range $network.gateways }}{{ $namespaces = append $namespaces .namespace }}{{ end -}}
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  {{- include "mesh-lib.metadata" (list $root (include "mesh-lib.fullname" $root)) | nindent 2 }}
spec:
  selector:
    matchLabels:
      {{- include "mesh-lib.selector" $root | nindent 6 }}
  mtls: { mode: STRICT }
  {{- if $open }}
  portLevelMtls:
    {{ $metrics | quote }}: { mode: PERMISSIVE }
  {{- end }}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  {{- include "mesh-lib.metadata" (list $root (include "mesh-lib.fullname" $root)) | nindent 2 }}
spec:
  selector:
    matchLabels:
      {{- include "mesh-lib.selector" $root | nindent 6 }}
  action: ALLOW
  {{- if or $accounts $namespaces $open }}
  rules:
    {{- if or $accounts $namespaces }}
    - from:
        {{- with $accounts }}
        - source:
            principals:
              {{- range . }}
              - cluster.local/ns/{{ $root.Release.Namespace }}/sa/{{ . }}
              {{- end }}
        {{- end }}
        {{- with $namespaces }}
        - source:
            namespaces:
              {{- uniq . | toYaml | nindent 14 }}
        {{- end }}
      to:
        - operation:
            ports: [{{ $port | quote }}]
    {{- end }}
    {{- if $open }}
    - to:
        - operation:
            ports: [{{ $metrics | quote }}]
            {{- if $paths }}
            methods: [GET]
            paths: [/metrics]
            {{- end }}
    {{- end }}
  {{- end }}
{{- end -}}

{{/*
Takes a list: the root, the callers' port, the metrics' port (0: none) and whether it is not HTTP. Only
the callers' port is closed: the proxy lets the kubelet's probes pass, and a metrics port of its own
has the network policy before it.
*/}}
{{- define "mesh-lib.linkerdPolicies" -}}
{{- $root := index . 0 -}}
{{- $port := index . 1 -}}
{{- $network := $root.Values.network -}}
{{- $scraper := eq (index . 2) $port | ternary (include "mesh-lib.scraper" $root | fromYaml) dict -}}
{{- $accounts := concat $network.ingress (compact (list $scraper.account)) -}}
{{- $namespaces := concat (compact (list $scraper.namespace)) -}}
{{- range $network.gateways }}{{ $namespaces = append $namespaces .namespace }}{{ end -}}
{{- $name := include "mesh-lib.fullname" $root -}}
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata:
  {{- include "mesh-lib.metadata" (list $root $name) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "mesh-lib.selector" $root | nindent 6 }}
  port: {{ $port }}
  proxyProtocol: {{ index . 3 | ternary "opaque" "HTTP/1" }}
  accessPolicy: deny
{{- if or $accounts $namespaces }}
---
apiVersion: policy.linkerd.io/v1alpha1
kind: MeshTLSAuthentication
metadata:
  {{- include "mesh-lib.metadata" (list $root $name) | nindent 2 }}
spec:
  identityRefs:
    {{- range $accounts }}
    - kind: ServiceAccount
      name: {{ . | quote }}
    {{- end }}
    {{- range uniq $namespaces }}
    - kind: Namespace
      name: {{ . | quote }}
    {{- end }}
---
apiVersion: policy.linkerd.io/v1alpha1
kind: AuthorizationPolicy
metadata:
  {{- include "mesh-lib.metadata" (list $root $name) | nindent 2 }}
spec:
  targetRef:
    group: policy.linkerd.io
    kind: Server
    name: {{ $name | quote }}
  requiredAuthenticationRefs:
    - group: policy.linkerd.io
      kind: MeshTLSAuthentication
      name: {{ $name | quote }}
{{- end }}
{{- end -}}

{{/*
Takes the root. Who reads the metrics: the `account` of the observability release in this namespace, or
the `namespace` of the operator's Prometheus.
*/}}
{{- define "mesh-lib.scraper" -}}
{{- if eq .Values.global.monitoring "annotations" -}}
account: observability-prometheus
{{- else -}}
namespace: {{ .Values.global.prometheus.namespace | quote }}
{{- end }}
{{- end -}}
