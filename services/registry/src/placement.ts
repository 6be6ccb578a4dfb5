import { digestOf } from "./digests.ts";
import type { Registration, Tool } from "./protocol.ts";

/**
 * What callers need to choose among an agent's replicas. It is stored apart from the rest, so that
 * replicas of schema version 1, which know nothing of it, agree on the rest during a rollout; and
 * with the rest's digest, so that it is not taken for that of another registration they wrote.
 */
export interface Placement {
  digest: string;
  pod_ip?: string;
  zone?: string;
  weight?: number;
  /** The positions of the tools whose calls can be made once more. */
  idempotent?: number[];
}

type Placed = Partial<Pick<Placement, "pod_ip" | "zone" | "weight">>;

/** A registration as it is stored: what version 1 knows of it, and the rest. */
export function splitPlacement(agent: Registration): {
  tools: Tool[];
  digest: string;
  placement: Placement | null;
} {
  const { pod_ip, zone, weight, ...others } = agent;
  const tools = agent.tools.map(({ idempotent, ...tool }) => tool as Tool);
  const digest = digestOf({ ...others, tools });
  const repeatable = agent.tools.flatMap((tool, index) => (tool.idempotent ? [index] : []));
  const told = {
    ...(pod_ip !== undefined && { pod_ip }),
    ...(zone !== undefined && { zone }),
    ...(weight !== undefined && { weight }),
    ...(repeatable.length > 0 && { idempotent: repeatable }),
  };
  return { tools, digest, placement: Object.keys(told).length > 0 ? { digest, ...told } : null };
}

/** A stored agent with its placement, where that still belongs to it. */
export function joinPlacement<T extends { tools: Tool[] }>(
  row: T & { digest: string; placement: Placement | null },
): T & Placed {
  const { digest, placement, ...agent } = row;
  if (placement?.digest !== digest) return agent as unknown as T;
  const { digest: _digest, idempotent = [], ...placed } = placement;
  const tools = agent.tools.map((tool, index) =>
    idempotent.includes(index) ? { ...tool, idempotent: true } : tool,
  );
  return { ...(agent as unknown as T), ...placed, tools };
}
