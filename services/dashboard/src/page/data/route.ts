import { useSyncExternalStore } from "react";

export const views = ["overview", "agents", "graph", "charts", "alerts"] as const;
export type View = (typeof views)[number];

export interface Route {
  view: View;
  /** The agent whose details are open, as `namespace/name`. */
  agent?: string;
}

/** Where a fragment leads: `#/agents?agent=default%2Fgreeter`. Unknown ones lead to the overview. */
export function routeOf(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const view = views.find((name) => name === path) ?? "overview";
  return { view, agent: new URLSearchParams(query).get("agent") ?? undefined };
}

/** The fragment of a route. The rest of the address stays: the page works below any prefix. */
export function hashOf({ view, agent }: Route): string {
  const query = agent === undefined ? "" : `?${new URLSearchParams({ agent })}`;
  return `#/${view}${query}`;
}

function subscribe(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

/** The view that the address names. */
export const useRoute = (): Route => routeOf(useSyncExternalStore(subscribe, () => location.hash));

/** Shows something else; the browser's way back leads here again. */
export function go(route: Route): void {
  location.hash = hashOf(route);
}

/** Opens the details of an agent over what is shown. */
export const openAgent = (agent: string): void => go({ ...routeOf(location.hash), agent });
