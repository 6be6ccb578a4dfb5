import { BaseEdge, type Edge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import { useSpotlight } from "./spotlight.ts";

export type Wire = Edge<{ capabilities: string; resolved: boolean; named: boolean }, "wire">;

/** A link of the graph, from who needs something to who offers it; named when it is looked at. */
export const WireEdge = memo(function WireEdge(props: EdgeProps<Wire>) {
  const { id, data, markerEnd } = props;
  const light = useSpotlight((spotlight) => spotlight.linkLight(id));
  const [path, x, y] = getBezierPath(props);
  const label = light === "lit" || (data?.named && light === "day");
  return (
    <g className="wire" data-light={light} data-resolved={data?.resolved}>
      <BaseEdge
        path={path}
        markerEnd={markerEnd}
        label={label ? data?.capabilities : undefined}
        labelX={x}
        labelY={y}
        interactionWidth={0}
      />
    </g>
  );
});
