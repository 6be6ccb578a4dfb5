import type { Link } from "./model.ts";
import type { Places } from "./shape.ts";

/** The nearest of some boxes to where another one stands. */
function nearest(from: string, others: readonly string[], places: Places): string | undefined {
  const here = places[from];
  if (!here) return undefined;
  const distance = (key: string) => {
    const there = places[key];
    return there ? Math.hypot(there.x - here.x, there.y - here.y) : Number.POSITIVE_INFINITY;
  };
  return others.toSorted((a, b) => distance(a) - distance(b))[0];
}

/**
 * The box that an arrow key leads to: right to what a box needs, left to who needs it, up and down
 * to its neighbours in the column; where there is none, to the nearest in that direction.
 */
export function neighbour(
  key: string,
  arrow: string,
  places: Places,
  links: readonly Link[],
): string | undefined {
  const here = places[key];
  if (!here) return undefined;
  const lies: Record<string, (place: { x: number; y: number }) => boolean> = {
    ArrowRight: ({ x }) => x > here.x,
    ArrowLeft: ({ x }) => x < here.x,
    ArrowDown: ({ x, y }) => y > here.y && Math.abs(x - here.x) < 1,
    ArrowUp: ({ x, y }) => y < here.y && Math.abs(x - here.x) < 1,
  };
  const there = lies[arrow];
  if (!there) return undefined;
  const linked = links.flatMap(({ from, to }) =>
    arrow === "ArrowRight" && from === key
      ? [to]
      : arrow === "ArrowLeft" && to === key
        ? [from]
        : [],
  );
  if (linked.length > 0) return nearest(key, linked, places);
  const others = Object.keys(places).filter((other) => {
    const place = places[other];
    return place !== undefined && there(place);
  });
  return nearest(key, others, places);
}
