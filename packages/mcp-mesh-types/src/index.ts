export { type Dependency, type DependencyOptions, dependency } from "./dependency.ts";
export { DeadlineExceededError, DependencyUnavailableError, MeshError } from "./errors.ts";
export { HEALTH_CHECKS, type HealthCheck, healthCheck, healthChecks } from "./health.ts";
export { type DependencySpec, META_KEY, type ToolMetadata } from "./metadata.ts";
export type { ToolResult } from "./result.ts";
export {
  agentConfig,
  attachedRuntime,
  type CallOptions,
  type MeshRuntime,
  RUNTIME,
} from "./runtime.ts";
export { type MeshTool, mesh } from "./tool.ts";
