import type { Endpoint } from "./protocol.ts";
import { type Candidate, endpointOf } from "./resolve.ts";

/** What an agent's weight is beside its siblings' if it says nothing. */
const FULL_WEIGHT = 100;

/**
 * The replicas that a call can go to: the candidates of the winner's agent that offer the same tool
 * under the same endpoint. None if one of them keeps its address to itself, as during the update to
 * a runtime that tells it: the few that do would get all the calls.
 */
export function endpointsOf(candidates: readonly Candidate[]): Endpoint[] {
  const [best] = candidates;
  if (!best) return [];
  const siblings = candidates.filter(
    ({ agent, tool }) =>
      nameOf(agent) === nameOf(best.agent) &&
      endpointOf(agent) === endpointOf(best.agent) &&
      tool.function_name === best.tool.function_name,
  );
  const found = siblings.flatMap(({ agent: { agent_id, pod_ip, zone, weight = FULL_WEIGHT } }) =>
    pod_ip === undefined ? [] : [{ agent_id, pod_ip, ...(zone !== undefined && { zone }), weight }],
  );
  if (found.length < siblings.length) return [];
  return found.sort((a, b) => (a.agent_id < b.agent_id ? -1 : 1));
}

function nameOf({ name, agent_id }: Candidate["agent"]): string {
  return name ?? agent_id;
}
