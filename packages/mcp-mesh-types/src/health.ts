/** Looks whether the agent can do its work: returns if so, throws or rejects if not. */
export type HealthCheck = (signal: AbortSignal) => void | Promise<void>;

/**
 * Where an agent's own checks stand on `globalThis`, by name. A registered symbol, because the agent
 * and the runtime are bundled apart and each carries its own copy of this module.
 */
export const HEALTH_CHECKS = Symbol.for("mcp-mesh.health-checks");

type Global = { [HEALTH_CHECKS]?: Map<string, HealthCheck> };

/**
 * Adds a check of the agent's own, once per process and outside any request. In a mesh, an agent
 * whose check throws gets no more calls until it passes again; the error's message is the reason
 * that operators see. Without a mesh nobody asks. Returns what takes the check away again.
 */
export function healthCheck(name: string, check: HealthCheck): () => void {
  const own = globalThis as Global;
  own[HEALTH_CHECKS] ??= new Map();
  const checks = own[HEALTH_CHECKS];
  if (checks.has(name)) {
    throw new Error(
      `There is a health check "${name}" already: give this one another name, or add it once, ` +
        "where the process starts, and not with each server.",
    );
  }
  checks.set(name, check);
  return () => {
    if (checks.get(name) === check) checks.delete(name);
  };
}

/** The agent's own checks, by name; empty if it has none. */
export function healthChecks(): ReadonlyMap<string, HealthCheck> {
  return (globalThis as Global)[HEALTH_CHECKS] ?? new Map();
}
