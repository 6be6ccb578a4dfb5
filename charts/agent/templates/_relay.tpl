{{/*
What a sessionful agent has besides: a relay before its server, which brings each request to the pod
that has its session. It starts before the server and ends after it, so that an old pod serves its
sessions to their end while the new pod takes new ones.
*/}}
{{- define "agent.relay" -}}
- name: relay
  image: {{ include "mesh-lib.reference" (list . .Values.relay.image) }}
  imagePullPolicy: IfNotPresent
  restartPolicy: Always
  {{- include "mesh-lib.containerSecurity" . | nindent 2 }}
  env:
    - name: POD_IP
      valueFrom:
        fieldRef:
          apiVersion: v1
          fieldPath: status.podIP
    - name: SERVER_PORT
      value: {{ include "agent.serverPort" . | quote }}
    - name: SIBLINGS
      value: {{ include "agent.peersName" . }}.{{ .Release.Namespace }}.svc
    - name: SESSION_IDLE_SECONDS
      value: {{ mul .Values.sessions.idleMinutes 60 | quote }}
    - name: SESSION_LIMIT
      value: {{ .Values.sessions.limit | int | quote }}
    - name: DRAIN_SECONDS
      value: {{ include "agent.preStopSeconds" . | quote }}
    - name: LEAVE_SECONDS
      value: {{ .Values.drainSeconds | quote }}
  ports:
    - name: mcp
      containerPort: 8080
    - name: relay
      containerPort: 8083
  resources:
    {{- toYaml .Values.relay.resources | nindent 4 }}
  startupProbe:
    httpGet: { path: /startupz, port: relay }
    periodSeconds: 1
    timeoutSeconds: 2
    failureThreshold: 60
  # Asks the server as a client does.
  readinessProbe:
    httpGet: { path: /ready, port: relay }
    periodSeconds: 5
    timeoutSeconds: 4
    failureThreshold: 2
  livenessProbe:
    httpGet: { path: /livez, port: relay }
    periodSeconds: 10
    timeoutSeconds: 5
    failureThreshold: 6
{{- end -}}

{{/* Tells policies what the objects themselves don't. */}}
{{- define "agent.profileAnnotation" -}}
{{- if eq .Values.profile "sessionful" -}}
policy.mcp-mesh.dev/profile: sessionful
{{- end -}}
{{- end -}}

{{/* The relay has the Service's port, and the server another one behind it. */}}
{{- define "agent.serverPort" -}}
{{ eq .Values.profile "sessionful" | ternary 8082 8080 }}
{{- end -}}

{{/* The longest time until the server is told to end: endpoints forget a pod, or sessions end. */}}
{{- define "agent.preStopSeconds" -}}
{{ eq .Values.profile "sessionful" | ternary (mul .Values.sessions.drainMinutes 60) .Values.drainSeconds }}
{{- end -}}

{{- define "agent.preStop" -}}
{{- if eq .Values.profile "sessionful" -}}
preStop:
  httpGet: { path: /drain, port: 8083 }
{{- else -}}
{{ include "mesh-lib.preStop" .Values.drainSeconds }}
{{- end -}}
{{- end -}}

{{- define "agent.peersName" -}}
{{ include "mesh-lib.fullname" . }}-pods
{{- end -}}

{{/*
The name by which relays find each other: the addresses of all pods, of those that are not ready yet
and of those that are about to end too.
*/}}
{{- define "agent.peers" -}}
{{- $own := merge (dict) .Values.service.annotations (dict "pulumi.com/skipAwait" "true") -}}
{{- $metadata := include "mesh-lib.metadata" (list . (include "agent.peersName" .) $own) | fromYaml -}}
{{- $_ := set $metadata.labels "service.kubernetes.io/headless" "" -}}
apiVersion: v1
kind: Service
metadata:
  {{- toYaml $metadata | nindent 2 }}
spec:
  type: ClusterIP
  clusterIP: None
  publishNotReadyAddresses: true
  ipFamilyPolicy: {{ .Values.global.ipFamilyPolicy }}
  selector:
    {{- include "mesh-lib.selector" . | nindent 4 }}
  ports:
    - name: mcp
      port: 8080
      targetPort: mcp
      appProtocol: http
{{- end -}}

{{/*
Takes a list: the root and an empty dict, which becomes the same root with the network that the agent
needs: relays call each other, and nobody else.
*/}}
{{- define "agent.withPeers" -}}
{{- $root := index . 0 -}}
{{- $own := include "mesh-lib.fullname" $root -}}
{{- $network := deepCopy $root.Values.network -}}
{{- if eq $root.Values.profile "sessionful" -}}
{{- $_ := set $network "ingress" (append $network.ingress $own) -}}
{{- $_ := set $network "egress" (append $network.egress (dict "to" $own "port" 8080)) -}}
{{- end -}}
{{- range $key, $value := omit $root "Values" }}{{ $_ := set (index $ 1) $key $value }}{{ end -}}
{{- $_ := set (index . 1) "Values" (merge (dict "network" $network) (omit $root.Values "network")) -}}
{{- end -}}
