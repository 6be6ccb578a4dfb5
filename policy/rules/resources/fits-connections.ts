import { clientsOf, type Pools, serversOf } from "#model/connections";
import { list } from "#model/kubernetes";
import type { StackRule } from "#model/rule";
import { shown } from "#model/subject";

const defaults = {
  variables: ["DATABASE_POOL_SIZE", "DATABASE_POOL_MAX", "DB_POOL_SIZE", "DB_MAX_OPEN_CONNS"],
  reserved: 3,
};

export const fitsConnections: StackRule = {
  id: "R8",
  name: "fits-connections",
  title:
    "All pools together, at their workloads' most pods, fit the connections of their database.",
  level: "mandatory",
  severity: "high",
  why: "The pods that an autoscaler adds find no connection and fail, together with those before them.",
  fix: "Raise max_connections, or lower the pools or maxReplicas. What no manifest shows is not counted.",
  settings: {
    variables: {
      type: "array",
      items: { type: "string", minLength: 1 },
      default: defaults.variables,
      description: "The environment variables that hold the size of a container's pool.",
    },
    pools: {
      type: "array",
      items: {
        type: "object",
        required: ["workload", "connections"],
        properties: {
          workload: { type: "string", description: 'Such as "Deployment mcp-mesh/registry".' },
          connections: { type: "integer", minimum: 0, description: "Of one pod." },
        },
        additionalProperties: false,
      },
      default: [],
      description: "What a pod opens at most, where its manifest does not show it.",
    },
    reserved: {
      type: "integer",
      minimum: 0,
      default: defaults.reserved,
      description: "Connections that the database keeps for administrators.",
    },
  },
  checkStack(graph, context) {
    const { settings } = context;
    const reserved = Number(settings.reserved ?? defaults.reserved);
    return context.attempt(() => {
      const clients = clientsOf(graph, {
        variables: (settings.variables as string[] | undefined) ?? defaults.variables,
        pools: list(settings.pools as Pools["pools"] | undefined),
      });
      return serversOf(graph).flatMap(({ subject, path, connections, host }) => {
        const own = clients.filter(({ values }) => values.some((value) => host.test(value)));
        const need = own.reduce((sum, { pods, each }) => sum + pods * each, reserved);
        if (own.length === 0 || need <= connections) return [];
        const users = own.map(
          ({ subject, pods, each }) => `${pods} × ${each} of ${shown(subject)}`,
        );
        const message = `allows ${connections} connections, but needs ${need}: ${reserved} for administrators, ${users.join(", ")}; allow as many, or make the pools smaller`;
        return [{ subject, path, message }];
      });
    });
  },
};
