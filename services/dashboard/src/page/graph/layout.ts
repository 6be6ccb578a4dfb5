import { Graph, layout } from "@dagrejs/dagre";
import { BOX, type Places, type Shape } from "./shape.ts";

/** In the units of the drawing, as a box's size is. */
const GAP = { x: 110, y: 16 };
/** Further apart, columns don't belong together any more. */
const WIDEST = 640;
/** A drawing is about this many times as wide as high, as screens are. */
const WIDTH_TO_HEIGHT = 1.6;
/** With more links than this only those that decide the columns are laid out: see `deciding`. */
const MANY_LINKS = 150;

/**
 * For each box one of the links that keep it left of all that it needs: the longest way to the end
 * leads over it. Those of 500 boxes are laid out in a tenth of the time of all their links, in the
 * same columns, and the others are drawn as well.
 */
function deciding({ keys, links }: Shape): Shape["links"] {
  const out = Map.groupBy(links, ({ from }) => from);
  const depths = new Map<string, number>();
  const chosen: Shape["links"] = [];
  const depthOf = (key: string): number => {
    const known = depths.get(key);
    if (known !== undefined) return known;
    // Who comes round to itself again is at the end: a circle is cut there.
    depths.set(key, 0);
    let depth = 0;
    let deepest: Shape["links"][number] | undefined;
    for (const link of out.get(key) ?? []) {
      const further = depthOf(link.to) + 1;
      if (further > depth) [depth, deepest] = [further, link];
    }
    depths.set(key, depth);
    if (deepest) chosen.push(deepest);
    return depth;
  };
  for (const key of keys) depthOf(key);
  return chosen;
}

/**
 * Closes the gaps of each column, its order kept, and centres it: else 500 boxes are a long way. Between
 * the columns there is as much room as the height allows: hundreds of links need it.
 */
function closedUp(places: Places): Places {
  const groups = Map.groupBy(Object.entries(places), ([, { x }]) => Math.round(x));
  const columns = [...groups].sort(([a], [b]) => a - b).map(([, column]) => column);
  const step = BOX.height + GAP.y;
  const most = Math.max(...columns.map(({ length }) => length));
  const room = (most * step * WIDTH_TO_HEIGHT) / columns.length;
  const stepX = BOX.width + Math.min(WIDEST, Math.max(GAP.x, room - BOX.width));
  return Object.fromEntries(
    columns.flatMap((column, place) =>
      column
        .sort(([, a], [, b]) => a.y - b.y)
        .map(([key], index) => [
          key,
          { x: place * stepX, y: ((most - column.length) / 2 + index) * step },
        ]),
    ),
  );
}

/** Boxes without links, in rows below what ends at `top`. */
function rows(keys: string[], top: number, width: number): Places {
  const [stepX, stepY] = [BOX.width + GAP.y, BOX.height + GAP.y];
  const wanted = Math.ceil(Math.sqrt((keys.length * WIDTH_TO_HEIGHT * stepY) / stepX));
  const columns = Math.max(1, wanted, Math.floor((width + GAP.y) / stepX));
  return Object.fromEntries(
    keys.map((key, index) => [
      key,
      { x: (index % columns) * stepX, y: top + Math.floor(index / columns) * stepY },
    ]),
  );
}

/** Places boxes in columns, consumers left of what they need, and those without links below. */
export function layoutOf(shape: Shape): Places {
  const links = shape.links.filter(({ from, to }) => from !== to);
  const linked = new Set(links.flatMap(({ from, to }) => [from, to]));
  const keys = shape.keys.filter((key) => linked.has(key));
  const graph = new Graph();
  graph.setGraph({
    rankdir: "LR",
    ranker: "longest-path",
    nodesep: GAP.y,
    edgesep: 4,
    ranksep: GAP.x,
  });
  for (const key of keys) graph.setNode(key, { ...BOX });
  const many = links.length > MANY_LINKS;
  for (const { from, to } of many ? deciding({ keys, links }) : links) graph.setEdge(from, to, {});
  if (keys.length > 0) layout(graph);
  const drawn: Places = {};
  for (const key of keys) {
    const { x, y } = graph.node(key);
    drawn[key] = { x: x - BOX.width / 2, y: y - BOX.height / 2 };
  }
  const places = many ? closedUp(drawn) : drawn;
  const right = Math.max(0, ...Object.values(places).map(({ x }) => x + BOX.width));
  const bottom = Math.max(0, ...Object.values(places).map(({ y }) => y + BOX.height + 2 * GAP.y));
  const alone = shape.keys.filter((key) => !linked.has(key));
  return { ...places, ...rows(alone, bottom, right) };
}
