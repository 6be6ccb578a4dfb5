{{/*
How a workload is called from outside the cluster. Nothing renders without the value of that name,
`route` or `ingress`; whoever calls also needs `network.gateways`, or the network policy stops it.
*/}}

{{/*
Takes a list: the root and the Service's port number. An HTTPRoute: one answer may stream for as long
as it likes. Gateways balance over pods by themselves, so a workload with sessions keeps one replica.
*/}}
{{- define "mesh-lib.route" -}}
{{- $root := index . 0 -}}
{{- with $root.Values.route -}}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  {{- include "mesh-lib.metadata" (list $root (include "mesh-lib.fullname" $root)) | nindent 2 }}
spec:
  parentRefs:
    {{- toYaml .parentRefs | nindent 4 }}
  hostnames:
    {{- toYaml .hostnames | nindent 4 }}
  rules:
    - matches:
        - path: { type: PathPrefix, value: / }
      timeouts:
        request: 0s
      backendRefs:
        - name: {{ include "mesh-lib.fullname" $root | quote }}
          port: {{ index $ 1 }}
{{- end }}
{{- end -}}

{{/* Takes a list: the root and the name of the Service's port. An Ingress fit for streams. */}}
{{- define "mesh-lib.ingress" -}}
{{- $root := index . 0 -}}
{{- with $root.Values.ingress -}}
{{- $own := merge (dict) (.annotations | default dict) (include "mesh-lib.ingressAnnotations" (list $root "ingress") | fromYaml) -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "mesh-lib.metadata" (list $root (include "mesh-lib.fullname" $root) $own) | nindent 2 }}
spec:
  ingressClassName: {{ .className | quote }}
  {{- with .tlsSecret }}
  tls:
    - hosts: [{{ $root.Values.ingress.host | quote }}]
      secretName: {{ . | quote }}
  {{- end }}
  rules:
    - host: {{ .host | quote }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {{ include "mesh-lib.fullname" $root | quote }}
                port:
                  name: {{ index $ 1 }}
{{- end }}
{{- end -}}

{{/* Takes the root. What the ingress controller wants to read on the Service, as a mapping. */}}
{{- define "mesh-lib.ingressServiceAnnotations" -}}
{{- if .Values.ingress -}}
{{ include "mesh-lib.ingressAnnotations" (list . "service") }}
{{- end }}
{{- end -}}

{{/* Takes a list: the root and the object, `ingress` or `service`, that they are for. */}}
{{- define "mesh-lib.ingressAnnotations" -}}
{{- $root := index . 0 -}}
{{- $dialects := include "mesh-lib.ingressDialects" (include "mesh-lib.fullname" $root) | fromYaml -}}
{{- $dialect := get $dialects $root.Values.ingress.controller | default dict -}}
{{- $all := get $dialect (index . 1) | default dict -}}
{{- if eq ($root.Values.profile | default "stateless") "sessionful" }}
{{- $all = merge (dict) $all (get $dialect (printf "%sWithSessions" (index . 1)) | default dict) }}
{{- end }}
{{- with $all }}{{ toYaml . }}{{ end }}
{{- end -}}

{{/*
Takes the Service's name. What each controller has to be told, and nothing that it does anyway: send
each event at once, wait an hour in silence, take 4 MiB and more, and send a request to a second pod
only if the first one got nothing of it. An agent closes its idle connections after 5 s and when it
ends; a call that a proxy sends into one at that moment is lost, so proxies are told to keep none.

WithSessions: cookies lead a client back to its pod, if it keeps cookies. The official SDKs keep none:
what has sessions needs one replica all the same, and the cookie helps while a rollout has two.

Not to be said here, but in the controller's own settings: ingress-nginx' upstream-keepalive-timeout
(set it to 4), HAProxy's timeout client (50 s; it counts only while the client sends or reads),
Contour's stream-idle-timeout (5 min), Traefik's respondingTimeouts.readTimeout (60 s, for a request).
*/}}
{{- define "mesh-lib.ingressDialects" -}}
# F5's. It reads a request in full before it passes it on, which costs an MCP client nothing.
nginx:
  ingress:
    nginx.org/proxy-buffering: "False"
    nginx.org/proxy-read-timeout: 3600s
    nginx.org/proxy-send-timeout: 3600s
    nginx.org/client-max-body-size: 8m
    nginx.org/proxy-next-upstream: error timeout
    nginx.org/keepalive: "0"
  ingressWithSessions:
    nginx.org/sticky-cookie-services: serviceName={{ . }} mcp-mesh path=/
# The Kubernetes project's, without updates since March 2026.
ingress-nginx:
  ingress:
    nginx.ingress.kubernetes.io/proxy-buffering: "off"
    nginx.ingress.kubernetes.io/proxy-request-buffering: "off"
    nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"
    nginx.ingress.kubernetes.io/proxy-send-timeout: "3600"
    nginx.ingress.kubernetes.io/proxy-body-size: 8m
    nginx.ingress.kubernetes.io/proxy-next-upstream: error timeout
    nginx.ingress.kubernetes.io/proxy-http-version: "1.1"
  ingressWithSessions:
    nginx.ingress.kubernetes.io/affinity: cookie
    nginx.ingress.kubernetes.io/affinity-mode: persistent
    nginx.ingress.kubernetes.io/session-cookie-name: mcp-mesh
# HAProxy Technologies'.
haproxy:
  ingress:
    haproxy.org/timeout-server: 3600s
    haproxy.org/backend-config-snippet: option http-server-close
  serviceWithSessions:
    haproxy.org/cookie-persistence: mcp-mesh
# The community's.
haproxy-ingress:
  ingress:
    haproxy-ingress.github.io/timeout-server: 3600s
    haproxy-ingress.github.io/config-backend: option http-server-close
  ingressWithSessions:
    haproxy-ingress.github.io/affinity: cookie
    haproxy-ingress.github.io/session-cookie-name: mcp-mesh
    haproxy-ingress.github.io/session-cookie-strategy: insert
traefik:
  serviceWithSessions:
    traefik.ingress.kubernetes.io/service.sticky.cookie: "true"
    traefik.ingress.kubernetes.io/service.sticky.cookie.name: mcp-mesh
contour:
  ingress:
    projectcontour.io/response-timeout: infinity
# Asks the page / whether a pod is well; an unmodified MCP server knows no such page.
alb:
  ingress:
    alb.ingress.kubernetes.io/target-type: ip
    alb.ingress.kubernetes.io/load-balancer-attributes: idle_timeout.timeout_seconds=3600
    alb.ingress.kubernetes.io/success-codes: 200-499
  ingressWithSessions:
    alb.ingress.kubernetes.io/target-group-attributes: stickiness.enabled=true,stickiness.type=lb_cookie
{{- end -}}
