import "../shell/common.ts";
import { ReactFlowProvider } from "@xyflow/react";
import { useMemo, useState } from "react";
import { useLive } from "../data/live.ts";
import { Canvas } from "./canvas.tsx";
import { type Graph, graphOf } from "./model.ts";
import { Spotlight, SpotlightContext } from "./spotlight.ts";
import { useLayout } from "./use-layout.ts";

/** What of a graph is drawn; heartbeats change all the time, and nothing in the drawing. */
const looksOf = (graph: Graph): string =>
  JSON.stringify(graph, (name, value) =>
    name === "heartbeat" || name === "lastHeartbeat" ? undefined : value,
  );

/** Who needs whom, as a graph to move in. */
export default function Wiring() {
  const { mesh } = useLive();
  const [spotlight] = useState(() => new Spotlight());
  const found = mesh.answer ? graphOf(mesh.answer) : { groups: [], missing: [], links: [] };
  const graph = useMemo(() => found, [looksOf(found)]);
  const shape = useMemo(
    () => ({
      keys: [...graph.groups, ...graph.missing].map(({ key }) => key),
      links: graph.links.map(({ from, to }) => ({ from, to })),
    }),
    [graph],
  );
  const places = useLayout(shape);
  if (!mesh.answer) return null;
  if (shape.keys.length === 0) return <p className="empty">No agent has registered yet.</p>;
  if (!places || Object.keys(places).length === 0) {
    return (
      <p className="starting" role="status">
        Laying out {shape.keys.length} boxes …
      </p>
    );
  }
  return (
    <SpotlightContext value={spotlight}>
      <ReactFlowProvider>
        <Canvas graph={graph} places={places} spotlight={spotlight} />
      </ReactFlowProvider>
    </SpotlightContext>
  );
}
