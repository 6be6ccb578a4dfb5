{{/* Made by `npm run generate` from observability/scaling: what an autoscaler can go by, by chart. */}}
{{- define "mesh-lib.signals" -}}
agent:
  metric: mcp_mesh_requests_in_flight
  means: calls in flight, averaged over a minute
  query: sum(avg_over_time(mcp_mesh_requests_in_flight{namespace="NAMESPACE",service="SERVICE"}[1m]))
registry:
  metric: mcp_mesh_registry_requests_per_second
  means: requests a second
  query: sum(rate(mcp_mesh_registry_request_duration_seconds_count{namespace="NAMESPACE",service="SERVICE"}[2m]))
{{- end -}}
