{{/*
Takes the part. Who may do what for it: it asks the API server who its callers are and what they may
do (the only rights beyond this namespace), and which pods there are here.
*/}}
{{- define "observability.customMetricsRights" -}}
{{- $name := include "mesh-lib.fullname" . -}}
{{- $account := dict "kind" "ServiceAccount" "name" (include "mesh-lib.serviceAccountName" .) "namespace" .Release.Namespace -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "mesh-lib.metadata" (list . $name) | nindent 2 }}
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "mesh-lib.metadata" (list . $name) | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ $name }}
subjects:
  - {{- toYaml $account | nindent 4 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .Release.Namespace }}-{{ $name }}
  labels:
    {{- include "mesh-lib.labels" . | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: system:auth-delegator
subjects:
  - {{- toYaml $account | nindent 4 }}
---
# Where the API server says by which certificate its aggregator is known; it stands nowhere else.
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .Release.Namespace }}-{{ $name }}
  namespace: kube-system
  labels:
    {{- include "mesh-lib.labels" . | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: extension-apiserver-authentication-reader
subjects:
  - {{- toYaml $account | nindent 4 }}
{{- end -}}

{{/* Takes a list: the part, the root, and the ConfigMap's name. The adapter's container. */}}
{{- define "observability.customMetricsContainer" -}}
{{- $part := index . 0 -}}
{{- $root := index . 1 -}}
{{ include "observability.container" $part }}
args:
  - --secure-port=6443
  - --tls-cert-file=/etc/mcp-mesh/certificate/tls.crt
  - --tls-private-key-file=/etc/mcp-mesh/certificate/tls.key
  - --tls-min-version=VersionTLS12
  - --config=/etc/mcp-mesh/rules/custom-metrics.yaml
  - --prometheus-url=http://{{ include "observability.name" (list $root "prometheus") }}:9090
  # Which metrics there are, in how recent a past: longer than a scrape takes to come round.
  - --metrics-relist-interval=30s
  - --metrics-max-age=2m
  # Only autoscalers call it; queues for others would want to read objects of the whole cluster.
  - --enable-priority-and-fairness=false
{{- with include "mesh-lib.env" $part }}
env:
  {{- . | nindent 2 }}
{{- end }}
ports:
  - name: https
    containerPort: 6443
startupProbe:
  httpGet: { path: /livez, port: https, scheme: HTTPS }
  periodSeconds: 1
  timeoutSeconds: 2
  failureThreshold: 60
readinessProbe:
  httpGet: { path: /readyz, port: https, scheme: HTTPS }
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
livenessProbe:
  httpGet: { path: /livez, port: https, scheme: HTTPS }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
lifecycle:
  {{- include "mesh-lib.preStop" 5 | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  - name: rules
    mountPath: /etc/mcp-mesh/rules
    readOnly: true
  - name: certificate
    mountPath: /etc/mcp-mesh/certificate
    readOnly: true
  {{- include "observability.token" $part | nindent 2 }}
  {{- with $part.Values.pod.volumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "observability.customMetricsRefusals" -}}
{{- $certificate := .Values.customMetrics.certificate -}}
{{- if eq (empty $certificate.caBundle) (empty $certificate.injectCaFrom) -}}
{{- fail "customMetrics.certificate: is how the API server knows the adapter; write caBundle or injectCaFrom, not both." -}}
{{- end -}}
{{- if ne .Values.global.monitoring "annotations" -}}
{{- fail "customMetrics: asks the chart's own Prometheus; with an operator's, install prometheus-adapter beside it, with the rules in files/custom-metrics.yaml." -}}
{{- end -}}
{{- if has .Values.global.serviceMesh (list "linkerd" "ambient") -}}
{{- fail (printf "customMetrics: is called by the API server, which is in no service mesh, and Prometheus admits %s's alone; use autoscaling.signal keda." .Values.global.serviceMesh) -}}
{{- end -}}
{{- end -}}
