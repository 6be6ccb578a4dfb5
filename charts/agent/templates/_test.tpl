{{/*
`helm test` calls the agent as its clients do.
*/}}
{{- define "agent.test" -}}
{{- $name := printf "%s-test" (include "mesh-lib.fullname" .) -}}
{{- $target := dict "name" (include "mesh-lib.fullname" .) "url" (printf "http://%s:8080/mcp" (include "agent.host" .)) -}}
{{- $targets := dict "timeoutSeconds" 60 "targets" (list (merge $target .Values.check)) -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "mesh-lib.testMetadata" (list . $name -1) | nindent 2 }}
data:
  targets.json: {{ toJson $targets | quote }}
---
{{ include "mesh-lib.testPolicies" (list . $name 8080) }}
---
apiVersion: v1
kind: Pod
metadata:
  {{- include "mesh-lib.testMetadata" (list . $name 0) | nindent 2 }}
spec:
  {{- include "mesh-lib.testPod" . | nindent 2 }}
  containers:
    - name: call
      image: {{ include "mesh-lib.reference" (list . .Values.checkImage) }}
      imagePullPolicy: IfNotPresent
      {{- include "mesh-lib.containerSecurity" . | nindent 6 }}
      {{- include "mesh-lib.testResources" . | nindent 6 }}
      env:
        - name: TARGETS_FILE
          value: /etc/mcp-mesh/targets.json
      volumeMounts:
        - name: targets
          mountPath: /etc/mcp-mesh
          readOnly: true
  volumes:
    - name: targets
      configMap:
        name: {{ $name }}
{{- end -}}
