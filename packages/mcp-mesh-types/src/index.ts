export { type Dependency, DependencyUnavailableError, dependency } from "./dependency.ts";
export { type DependencySpec, META_KEY, type ToolMetadata } from "./metadata.ts";
export {
  agentConfig,
  attachedRuntime,
  type CallOptions,
  type MeshRuntime,
  RUNTIME,
} from "./runtime.ts";
export { type MeshTool, mesh } from "./tool.ts";
