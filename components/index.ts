export { AdmissionPolicies, type AdmissionPoliciesArgs } from "#components/admission-policies";
export { Agent, type AgentArgs } from "#components/agent";
export { Dashboard, type DashboardArgs } from "#components/dashboard";
export { Database, type DatabaseArgs } from "#components/database";
export { Foundation, type FoundationArgs } from "#components/foundation";
export {
  KubePrometheusStack,
  type KubePrometheusStackArgs,
} from "#components/kube-prometheus-stack";
export { Logs, type LogsArgs } from "#components/logs";
export { Observability, type ObservabilityArgs } from "#components/observability";
export { Registry, type RegistryArgs } from "#components/registry";
export { ReleaseCheck, type ReleaseCheckArgs } from "#components/release-check";
