import { getBezierPath, Position } from "@xyflow/react";
import type { Link } from "./model.ts";
import { BOX, type Places } from "./shape.ts";

/** A link as it is drawn. */
export interface Curve {
  link: Link;
  line: string;
  head: string;
  /** The middle, for its name. */
  x: number;
  y: number;
}

/** Arrows always come from the left: all of a kind can be drawn as one shape. */
const HEAD = { length: 9, half: 4 };

/** The links between boxes that have their places, from the right of a box to the left of another. */
export function curvesOf(links: readonly Link[], places: Places): Curve[] {
  return links.flatMap((link): Curve[] => {
    const [from, to] = [places[link.from], places[link.to]];
    if (!from || !to || link.from === link.to) return [];
    const [tipX, tipY] = [to.x - 1, to.y + BOX.height / 2];
    const [line, x, y] = getBezierPath({
      sourceX: from.x + BOX.width,
      sourceY: from.y + BOX.height / 2,
      sourcePosition: Position.Right,
      targetX: tipX - HEAD.length,
      targetY: tipY,
      targetPosition: Position.Left,
    });
    const head = `M${tipX - HEAD.length} ${tipY - HEAD.half}L${tipX} ${tipY}L${tipX - HEAD.length} ${tipY + HEAD.half}Z`;
    return [{ link, line, head, x, y }];
  });
}
