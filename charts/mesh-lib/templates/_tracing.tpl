{{/*
Takes a list: the root and attributes of the service, as name=value. The standard variables of
OpenTelemetry; one that the values set by themselves stays theirs.
*/}}
{{- define "mesh-lib.tracingEnv" -}}
{{- $root := index . 0 -}}
{{- $own := $root.Values.env -}}
{{- with $root.Values.tracing }}
{{- $attributes := append (index $ 1) (printf "k8s.namespace.name=%s" $root.Release.Namespace) }}
{{- $all := dict
  "OTEL_EXPORTER_OTLP_ENDPOINT" .endpoint
  "OTEL_TRACES_SAMPLER" "parentbased_traceidratio"
  "OTEL_TRACES_SAMPLER_ARG" (hasKey . "samplingRatio" | ternary .samplingRatio 0.1)
  "OTEL_SERVICE_NAME" (include "mesh-lib.fullname" $root)
  "OTEL_RESOURCE_ATTRIBUTES" (join "," $attributes) }}
{{- range $name, $value := $all }}
{{- if not (hasKey $own $name) }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
The egress rule to the collector: any pod of its Service's namespace, on its port, because what the
Service selects is not known here.
*/}}
{{- define "mesh-lib.tracingPeer" -}}
{{- $root := . -}}
{{- with (ne (.Values.mode | default "") "vanilla") | ternary .Values.tracing nil }}
{{- $address := urlParse .endpoint }}
{{- $names := splitList "." (regexReplaceAll ":[0-9]+$" $address.host "") }}
- ports:
    - protocol: TCP
      port: {{ regexFind "[0-9]+$" $address.host }}
  to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ gt (len $names) 1 | ternary (index (append $names "") 1) $root.Release.Namespace | quote }}
{{- end }}
{{- end -}}
