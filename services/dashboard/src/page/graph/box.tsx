import type { Node, NodeProps } from "@xyflow/react";
import { memo } from "react";
import type { State } from "../agents/groups.ts";
import { openAgent } from "../data/route.ts";
import { useSpotlight } from "./spotlight.ts";

export type Box = Node<
  {
    name: string;
    about: string;
    /** `missing`: a capability that nobody offers. */
    state: State | "missing";
    /** What a screen reader says besides. */
    spoken: string;
    replicas: number;
  },
  "box"
>;

/** An agent of the graph, or what nobody offers. */
export const BoxNode = memo(function BoxNode({ id, data }: NodeProps<Box>) {
  const light = useSpotlight((spotlight) => spotlight.boxLight(id));
  const current = useSpotlight((spotlight) => spotlight.isCurrent(id));
  const { name, about, state, spoken, replicas } = data;
  return (
    <button
      type="button"
      className="box"
      data-key={id}
      data-state={state}
      data-light={light}
      data-several={replicas > 1 || undefined}
      tabIndex={current ? 0 : -1}
      aria-disabled={state === "missing" || undefined}
      onClick={() => state !== "missing" && openAgent(id)}
    >
      <span className="mark" />
      <span className="name">{name}</span> <span className="about">{about}</span>
      <span className="hidden">{spoken}</span>
    </button>
  );
});
