{{- define "agent.deployment" -}}
{{- $mesh := eq .Values.mode "mesh" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "mesh-lib.metadata" (list . (include "mesh-lib.fullname" .) (include "agent.profileAnnotation" . | fromYaml)) | nindent 2 }}
spec:
  {{- include "mesh-lib.rolling" . | nindent 2 }}
  selector:
    matchLabels:
      {{- include "mesh-lib.selector" . | nindent 6 }}
  template:
    metadata:
      {{- include "mesh-lib.podMetadata" (list . (include "agent.metricsPort" . | int)) | nindent 6 }}
    spec:
      {{- include "mesh-lib.podSpec" (list . 65532) | nindent 6 }}
      {{- include "mesh-lib.placement" . | nindent 6 }}
      terminationGracePeriodSeconds: {{ include "mesh-lib.graceSeconds" (include "agent.preStopSeconds" .) }}
      {{- if eq .Values.profile "sessionful" }}
      initContainers:
        {{- include "agent.relay" . | nindent 8 }}
      {{- end }}
      containers:
        - name: agent
          image: {{ include "mesh-lib.image" . }}
          imagePullPolicy: IfNotPresent
          {{- include "mesh-lib.containerSecurity" . | nindent 10 }}
          env:
            - name: {{ .Values.portVariable }}
              value: {{ include "agent.serverPort" . | quote }}
            {{- with .Values.hostsVariable }}
            - name: {{ . }}
              value: {{ include "agent.hosts" $ | quote }}
            {{- end }}
            {{- if $mesh }}
            {{- include "agent.meshEnv" . | nindent 12 }}
            {{- include "mesh-lib.tracingEnv" (list . (list (printf "service.version=%s" .Values.version))) | indent 12 }}
            {{- end }}
            {{- include "mesh-lib.env" . | indent 12 }}
          ports:
            - name: {{ include "agent.serverPortName" . }}
              containerPort: {{ include "agent.serverPort" . }}
            {{- if $mesh }}
            - name: health
              containerPort: 8081
            {{- end }}
          {{- include "mesh-lib.resources" . | nindent 10 }}
          {{- include "agent.probes" . | nindent 10 }}
          lifecycle:
            {{- include "agent.preStop" . | nindent 12 }}
          volumeMounts:
            - name: tmp
              mountPath: /tmp
            {{- if $mesh }}
            - name: config
              mountPath: /etc/mcp-mesh
              readOnly: true
            {{- end }}
            {{- with .Values.pod.volumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - name: tmp
          emptyDir:
            sizeLimit: 16Mi
        {{- if $mesh }}
        - name: config
          configMap:
            name: {{ include "agent.configName" . }}
        {{- end }}
        {{- with .Values.pod.volumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- end -}}

{{/* The runtime counts, or else the relay: an unmodified server counts nothing. */}}
{{- define "agent.metricsPort" -}}
{{ eq .Values.mode "mesh" | ternary 8081 (eq .Values.profile "sessionful" | ternary 8083 0) }}
{{- end -}}

{{- define "agent.metricsPortName" -}}
{{ eq .Values.mode "mesh" | ternary "health" "relay" }}
{{- end -}}
