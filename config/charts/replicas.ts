import { z } from "zod";
import { objectName } from "#config/charts/kubernetes-words";

/** What the chart and a stack say alike about those that follow the writer. */
export const replicasPart = {
  replicas: z
    .int()
    .min(0)
    .max(5)
    .default(0)
    .describe(
      "With mode statefulset: read replicas, each on a node of its own; the first can take the writer's place.",
    ),
  primary: z
    .enum(["main", "standby"])
    .default("main")
    .describe(
      "Who takes writes: the main pod, or the first replica once `operate promote` made it the writer, which also sets this.",
    ),
};

export const replication = z
  .strictObject({ existingSecret: objectName.default("postgres-replication") })
  .prefault({})
  .describe('With replicas: a Secret with the key "password", which they log in with.');

interface Replicated {
  mode: string;
  replicas: number;
  primary: string;
  storage: { existingClaim: string };
}

/** What makes no sense; each with its key and the way out. */
export function replicaProblems(settings: Replicated): { path: string[]; message: string }[] {
  const { mode, replicas, primary } = settings;
  if (replicas > 0 && mode === "cnpg") {
    const message = "belongs to mode statefulset; with mode cnpg, set cnpg.instances";
    return [{ path: ["replicas"], message }];
  }
  if (replicas > 0 && mode === "external") {
    const message = "belongs to mode statefulset; whoever runs it replicates it";
    return [{ path: ["replicas"], message }];
  }
  if (replicas === 0 && primary === "standby") {
    const message = "is standby, but there are no replicas; set replicas to 1 or primary to main";
    return [{ path: ["primary"], message }];
  }
  return [];
}
