import type { Agent } from "#config/agent-schema";
import { providers } from "#config/dependencies";

/** One direction of traffic that the network lets through, from pod to pod. */
export interface Flow {
  from: string;
  to: string;
  port: number;
}

export const PORTS = { postgres: 5432, registry: 8000, agent: 8080, dashboard: 8090 };

/** Which optional parts the stack has in its own namespace. */
interface Parts {
  database: boolean;
  dashboard: boolean;
  /** The stack's own Prometheus, which the dashboard asks for figures. */
  prometheus: { name: string; port: number } | undefined;
}

/** Exactly the traffic that the agents' dependencies and the release check need. */
export function flows(agents: readonly Agent[], has: Parts): Flow[] {
  const asks = { to: "registry", port: PORTS.registry };
  return [
    ...(has.database ? [{ from: "registry", to: "postgres", port: PORTS.postgres }] : []),
    ...(has.dashboard ? [{ from: "dashboard", ...asks }] : []),
    ...(has.dashboard && has.prometheus
      ? [{ from: "dashboard", to: has.prometheus.name, port: has.prometheus.port }]
      : []),
    ...agents.flatMap((agent) => {
      const called = agent.dependencies.flatMap((need) => providers(need, agent, agents));
      const calls = [...new Set(called.map(({ name }) => name))].map((to) => ({
        from: agent.name,
        to,
        port: PORTS.agent,
      }));
      const joins = { from: agent.name, ...asks };
      const checked = { from: "release-check", to: agent.name, port: PORTS.agent };
      return agent.mode === "mesh" ? [joins, ...calls, checked] : [checked];
    }),
  ];
}

/** What a workload's own network policy opens. */
export interface Network {
  /** The workloads that may call this one. */
  ingress: string[];
  /** The workloads that this one may call. */
  egress: { to: string; port: number }[];
}

export function networkOf(name: string, all: readonly Flow[]): Network {
  return {
    ingress: all.filter(({ to }) => to === name).map(({ from }) => from),
    egress: all.filter(({ from }) => from === name).map(({ to, port }) => ({ to, port })),
  };
}
