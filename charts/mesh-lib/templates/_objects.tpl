{{- define "mesh-lib.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "mesh-lib.metadata" (list . .Release.Name) | nindent 2 }}
automountServiceAccountToken: false
{{- end -}}

{{/* One pod at a time may be evicted, and a sick one always. */}}
{{- define "mesh-lib.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "mesh-lib.metadata" (list . .Release.Name) | nindent 2 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "mesh-lib.selector" . | nindent 6 }}
{{- end -}}

{{/* Takes the name of a workload of the mesh in this namespace. */}}
{{- define "mesh-lib.peer" -}}
podSelector:
  matchLabels:
    app.kubernetes.io/name: {{ . }}
    app.kubernetes.io/part-of: mcp-mesh
{{- end -}}

{{/*
Takes a list: the root and the port that callers use. Opens what .Values.network names; nothing
else passes in either direction.
*/}}
{{- define "mesh-lib.networkPolicy" -}}
{{- $root := index . 0 -}}
{{- $network := $root.Values.network -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "mesh-lib.metadata" (list $root $root.Release.Name) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "mesh-lib.selector" $root | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- with $network.ingress }}
  ingress:
    - ports:
        - protocol: TCP
          port: {{ index $ 1 }}
      from:
        {{- range . }}
        - {{ include "mesh-lib.peer" . | nindent 10 | trim }}
        {{- end }}
  {{- end }}
  {{- with $network.egress }}
  egress:
    - ports:
        - protocol: UDP
          port: 53
        - protocol: TCP
          port: 53
      to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
          podSelector:
            matchLabels:
              k8s-app: kube-dns
    {{- range . }}
    - ports:
        - protocol: TCP
          port: {{ .port }}
      to:
        - {{ include "mesh-lib.peer" .to | nindent 10 | trim }}
    {{- end }}
  {{- end }}
{{- end -}}
