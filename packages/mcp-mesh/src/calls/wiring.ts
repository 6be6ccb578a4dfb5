import type { DependencySpec } from "mcp-mesh-types";
import { dependencyAvailable } from "../metrics.ts";
import type { OwnTool } from "../own-tools.ts";
import type { Resolved, ResolvedByTool } from "../registry-client.ts";

/** Where each dependency leads, as the registry last said; it outlives the registry's absence. */
export class Wiring {
  #targets = new Map<string, Resolved>();

  /** Takes over what a registration returned, in full: what it does not name is unavailable. */
  update(tools: OwnTool[], resolved: ResolvedByTool): void {
    const targets = new Map<string, Resolved>();
    for (const tool of tools) {
      const offers = resolved[tool.function_name] ?? [];
      for (const [index, spec] of tool.dependencies.entries()) {
        const offer = offerFor(spec, index, tool.dependencies, offers);
        if (offer) targets.set(key(spec), offer);
        dependencyAvailable.set({ capability: spec.capability }, offer ? 1 : 0);
      }
    }
    this.#targets = targets;
  }

  find(spec: DependencySpec): Resolved | undefined {
    return this.#targets.get(key(spec));
  }

  endpoints(): Set<string> {
    return new Set([...this.#targets.values()].map((target) => target.endpoint));
  }
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
