import type { DependencySpec } from "mcp-mesh-types";
import { dependencyAvailable } from "../metrics.ts";
import type { OwnTool } from "../own-tools.ts";
import type { Resolved, ResolvedByTool } from "../registry-client.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Endpoints } from "./endpoints.ts";

/** Where a dependency leads. */
export interface Target {
  agent: string;
  tool: string;
  service: Endpoint;
  /** The replicas behind the Service, if the registry told them. */
  pods: Endpoint[];
  /** Whether a call that may have happened already can be made once more. */
  idempotent: boolean;
}

/** Where each dependency leads, as the registry last said; it outlives the registry's absence. */
export class Wiring {
  readonly #endpoints: Endpoints;
  #targets = new Map<string, Target>();

  constructor(endpoints: Endpoints) {
    this.#endpoints = endpoints;
  }

  /** Takes over what a registration returned, in full: what it does not name is unavailable. */
  update(tools: OwnTool[], resolved: ResolvedByTool): void {
    const targets = new Map<string, Target>();
    for (const tool of tools) {
      const offers = resolved[tool.function_name] ?? [];
      for (const [index, spec] of tool.dependencies.entries()) {
        const offer = offerFor(spec, index, tool.dependencies, offers);
        if (offer) targets.set(key(spec), this.#target(offer));
        dependencyAvailable.set({ capability: spec.capability }, offer ? 1 : 0);
      }
    }
    this.#targets = targets;
    const used = [...targets.values()].flatMap(({ service, pods }) => [service, ...pods]);
    this.#endpoints.retain(new Set(used));
  }

  find(spec: DependencySpec): Target | undefined {
    return this.#targets.get(key(spec));
  }

  /** The Services that dependencies lead to. */
  services(): string[] {
    return [...new Set([...this.#targets.values()].map(({ service }) => service.url))];
  }

  #target(offer: Resolved): Target {
    const { agent_id: agent, function_name: tool, endpoint, endpoints = [], idempotent } = offer;
    const pods = endpoints.map(({ pod_ip, zone, weight }) => {
      const pod = this.#endpoints.at(endpoint, pod_ip);
      pod.zone = zone;
      pod.weight = weight;
      return pod;
    });
    const service = this.#endpoints.at(endpoint);
    return { agent, tool, service, pods, idempotent: idempotent === true };
  }
}

/**
 * A wiring of some time ago without the pods' addresses, which others may have by now. A Service's
 * name leads to the right pods whenever it is asked.
 */
export function withoutPods(resolved: ResolvedByTool): ResolvedByTool {
  const tools = Object.entries(resolved).map(([tool, offers]) => [
    tool,
    offers.map(({ endpoints, ...offer }) => offer),
  ]);
  return Object.fromEntries(tools);
}

function key({ capability, version, tags }: DependencySpec): string {
  return JSON.stringify([capability, version, tags]);
}

/** The answers stand in the order of the dependencies, unless unresolved ones were left out. */
function offerFor(
  spec: DependencySpec,
  index: number,
  specs: DependencySpec[],
  offers: Resolved[],
): Resolved | undefined {
  const candidates = offers.length === specs.length ? [offers[index]] : offers;
  return candidates.find(
    (offer) => offer?.capability === spec.capability && offer.status === "available",
  );
}
