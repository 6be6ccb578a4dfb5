import type { Group } from "../agents/groups.ts";
import { plural } from "../text/format.ts";
import type { Box } from "./box.tsx";
import type { Graph, Link } from "./model.ts";
import { BOX, type Places } from "./shape.ts";

function spoken(group: Group, links: readonly Link[], names: ReadonlyMap<string, string>): string {
  const wired = links.map(
    ({ to, capabilities, resolved }) =>
      `${capabilities.join(", ")} ${resolved ? `from ${names.get(to)}` : "from nobody"}`,
  );
  const { state, replicas } = group;
  const parts = [state, replicas.length > 1 ? plural(replicas.length, "replica") : ""];
  return [...parts, wired.length > 0 ? `needs ${wired.join("; ")}` : ""].filter(Boolean).join(", ");
}

const boxAt = (id: string, places: Places, data: Box["data"]): Box => ({
  ...{ id, type: "box", position: places[id] ?? { x: 0, y: 0 }, data },
  ...BOX,
});

/** The boxes of a graph, as far as they have their places already. */
export function boxesOf({ groups, missing, links }: Graph, places: Places): Box[] {
  const names = new Map(groups.map(({ key, name }) => [key, name]));
  const needs = Map.groupBy(links, ({ from }) => from);
  const agents = groups.map((group) => {
    const { key, name, state, replicas, versions } = group;
    const about = [replicas[0].mode, versions.join(", ")].filter(Boolean).join(" · ");
    const label = spoken(group, needs.get(key) ?? [], names);
    return boxAt(key, places, { name, about, state, spoken: label, replicas: replicas.length });
  });
  const nobody = missing.map(({ key, name }) =>
    boxAt(key, places, {
      ...{ name, about: "nobody offers this", state: "missing", replicas: 0 },
      spoken: "needed",
    }),
  );
  return [...agents, ...nobody].filter(({ id }) => places[id] !== undefined);
}
