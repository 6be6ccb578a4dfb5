import { Controls, ReactFlow, useStore } from "@xyflow/react";
import { useEffect, useMemo, useRef, useState } from "react";
import { matches } from "../agents/filter.ts";
import { Search } from "../ui/search.tsx";
import { BoxNode } from "./box.tsx";
import { boxesOf } from "./elements.ts";
import { Legend } from "./legend.tsx";
import type { Graph } from "./model.ts";
import type { Places } from "./shape.ts";
import type { Spotlight } from "./spotlight.ts";
import { useMovement } from "./use-movement.ts";
import { Wires } from "./wires.tsx";

const nodeTypes = { box: BoxNode };
/** Text below this is too small to read: only names are drawn, larger. */
const FAR = 0.45;

interface CanvasProps {
  graph: Graph;
  places: Places;
  spotlight: Spotlight;
}

/** The boxes that a search finds; undefined if nothing is looked for. */
function foundBy({ groups, missing }: Graph, search: string): string[] | undefined {
  if (search.trim() === "") return undefined;
  const wanted = search.trim().toLowerCase();
  return [
    ...groups.filter((group) => matches(group, search)),
    ...missing.filter(({ name }) => name.toLowerCase().includes(wanted)),
  ].map(({ key }) => key);
}

/** The graph itself: to drag, to zoom, to search, and to walk through with the arrow keys. */
export function Canvas({ graph, places, spotlight }: CanvasProps) {
  const boxes = useMemo(() => boxesOf(graph, places), [graph, places]);
  const far = useStore(({ transform }) => transform[2] < FAR);
  const frame = useRef<HTMLElement>(null);
  const [search, setSearch] = useState("");
  const [turn, setTurn] = useState(0);
  const found = useMemo(() => foundBy(graph, search), [graph, search]);
  const { look, onKeyDown, onFocus, rest } = useMovement({ graph, places, spotlight, found });
  useEffect(() => rest(), [rest]);
  const next = () => {
    const key = found?.[turn % found.length];
    setTurn(turn + 1);
    if (key !== undefined) look(key);
  };
  const total = graph.groups.length + graph.missing.length;
  return (
    <section
      ref={frame}
      className="wiring"
      aria-label="Dependency graph"
      data-far={far || undefined}
    >
      <div className="tools">
        <Search
          label="Find in the graph"
          placeholder="Find: name, tool, capability, state …"
          value={search}
          found={
            found
              ? `${found.length} of ${total}; Enter shows the next`
              : `${total} boxes, ${graph.links.length} links`
          }
          onChange={(value) => {
            setSearch(value);
            setTurn(0);
          }}
          onEnter={next}
        />
        <Legend />
      </div>
      <div className="canvas" onKeyDown={onKeyDown} onFocus={onFocus} onBlur={rest}>
        <ReactFlow
          nodes={boxes}
          nodeTypes={nodeTypes}
          onNodeMouseEnter={(_, { id }) => spotlight.on(id, graph.links)}
          onNodeMouseLeave={rest}
          onMoveStart={(event) => {
            if (event?.type !== "wheel") frame.current?.classList.add("dragged");
          }}
          onMoveEnd={() => frame.current?.classList.remove("dragged")}
          fitView
          fitViewOptions={{ padding: 0.08, maxZoom: 1 }}
          minZoom={0.05}
          maxZoom={2}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          deleteKeyCode={null}
        >
          <Wires links={graph.links} places={places} />
          <Controls showInteractive={false} position="bottom-right" />
        </ReactFlow>
      </div>
    </section>
  );
}
