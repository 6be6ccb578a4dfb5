import type { Graph, Link } from "./model.ts";

/** All in the units of the drawing, which are pixels at its natural size. */
export const BOX_HEIGHT = 54;
const GAP_X = { least: 44, most: 110 };
const GAP_Y = 16;
/** Below this width a screen gets smaller boxes. */
const NARROW = 600;
/** What a wire that only passes through a column takes of it. */
const LANE = 14;
const MARGIN = 8;

type Point = readonly [x: number, y: number];

export interface Layout {
  width: number;
  height: number;
  boxWidth: number;
  /** The upper left corner of each box. */
  places: Map<string, { x: number; y: number }>;
  /** The points that a wire goes through, from its consumer to its provider. */
  routes: { link: Link; points: Point[] }[];
}

/** A box in its column, or the lane of a wire that passes through. */
interface Slot {
  key: string;
  column: number;
  height: number;
  /** The middle. */
  y: number;
  left: Slot[];
  right: Slot[];
}

/** The links without those that close a circle, which are turned round. */
function acyclic(keys: string[], links: Link[]): { from: string; to: string; link: Link }[] {
  const out = Map.groupBy(links, ({ from }) => from);
  const open = new Set<string>();
  const done = new Set<string>();
  const turned = new Set<Link>();
  const visit = (key: string) => {
    open.add(key);
    for (const link of out.get(key) ?? []) {
      if (open.has(link.to)) turned.add(link);
      else if (!done.has(link.to)) visit(link.to);
    }
    open.delete(key);
    done.add(key);
  };
  for (const key of keys) if (!done.has(key)) visit(key);
  return links.map((link) => {
    const { from, to } = link;
    return turned.has(link) ? { from: to, to: from, link } : { from, to, link };
  });
}

/**
 * The column of each box, counted from the providers on the right: next to what it needs, unless
 * that column is full.
 */
function columnsOf(keys: string[], edges: { from: string; to: string }[]): Map<string, number> {
  const full = Math.max(8, Math.ceil(Math.sqrt(keys.length) * 1.5));
  const out = Map.groupBy(edges, ({ from }) => from);
  const columns = new Map<string, number>();
  const counts: number[] = [];
  const visit = (key: string): number => {
    const known = columns.get(key);
    if (known !== undefined) return known;
    let column = 0;
    for (const { to } of out.get(key) ?? []) column = Math.max(column, visit(to) + 1);
    while ((counts[column] ?? 0) >= full) column++;
    counts[column] = (counts[column] ?? 0) + 1;
    columns.set(key, column);
    return column;
  };
  for (const key of keys) visit(key);
  return columns;
}

const mean = (slots: Slot[]) => slots.reduce((sum, { y }) => sum + y, 0) / slots.length;

/** Moves slots as near to where they want to be as their order and their heights let them. */
function settle(slots: Slot[], wish: (slot: Slot) => number): void {
  const groups: { sum: number; count: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  slots.forEach((slot, index) => {
    const before = slots[index - 1];
    if (before) offset += (before.height + slot.height) / 2 + GAP_Y;
    offsets.push(offset);
    // Neighbours that would overlap become a group, which moves as one.
    groups.push({ sum: wish(slot) - offset, count: 1 });
    for (;;) {
      const [upper, lower] = groups.slice(-2);
      if (!upper || !lower || upper.sum / upper.count <= lower.sum / lower.count) break;
      groups.splice(-2, 2, { sum: upper.sum + lower.sum, count: upper.count + lower.count });
    }
  });
  const tops = groups.flatMap(({ sum, count }) => Array<number>(count).fill(sum / count));
  slots.forEach((slot, index) => {
    slot.y = (tops[index] ?? 0) + (offsets[index] ?? 0);
  });
}

/** Orders each column by where its slots' neighbours are, again and again, then evens out. */
function arrange(columns: Slot[][]): void {
  const stack = (slots: Slot[]) => settle(slots, () => 0);
  columns.forEach(stack);
  for (let round = 0; round < 10; round++) {
    const side = round % 2 === 0 ? "left" : "right";
    for (const slots of side === "left" ? [...columns].reverse() : columns) {
      const wish = new Map(
        slots.map((slot) => [slot, slot[side].length ? mean(slot[side]) : slot.y]),
      );
      slots.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
      stack(slots);
    }
  }
  for (let round = 0; round < 12; round++) {
    for (const slots of round % 2 === 0 ? columns : [...columns].reverse()) {
      settle(slots, (slot) => {
        const neighbours = [...slot.left, ...slot.right];
        return neighbours.length ? mean(neighbours) : slot.y;
      });
    }
  }
}

/**
 * Places the boxes in columns, consumers left of what they need, and those without wires in rows
 * below. `available` is the width to fill; the drawing may be wider.
 */
export function layoutOf({ boxes, links }: Graph, available: number): Layout {
  const boxWidth = available < NARROW ? 144 : 190;
  const wires = links.filter(({ from, to }) => from !== to);
  const linked = new Set(wires.flatMap(({ from, to }) => [from, to]));
  const keys = boxes.map(({ key }) => key).filter((key) => linked.has(key));
  const edges = acyclic(keys, wires);
  const columnOf = columnsOf(keys, edges);
  const columns: Slot[][] = [];
  const slotOf = new Map<string, Slot>();
  const add = (key: string, column: number, height: number): Slot => {
    const slot = { key, column, height, y: 0, left: [], right: [] };
    columns[column] ??= [];
    columns[column].push(slot);
    return slot;
  };
  for (const key of keys) slotOf.set(key, add(key, columnOf.get(key) ?? 0, BOX_HEIGHT));

  const lanes = new Map<string, Slot>();
  const chains = edges.flatMap(({ from, to, link }) => {
    const [first, last] = [slotOf.get(from), slotOf.get(to)];
    if (!first || !last) return [];
    const chain = [first];
    for (let column = first.column - 1; column > last.column; column--) {
      // Wires to the same box share their lanes: else a hundred of them need a hundred.
      const key = `${column} ${to}`;
      const lane = lanes.get(key) ?? add(key, column, LANE);
      lanes.set(key, lane);
      chain.push(lane);
    }
    chain.push(last);
    chain.forEach((slot, index) => {
      const next = chain[index + 1];
      if (!next) return;
      slot.right.push(next);
      next.left.push(slot);
    });
    return [{ link, chain, turned: link.from !== from }];
  });
  arrange(columns);

  const fitting = (available - 2 * MARGIN - boxWidth) / Math.max(1, columns.length - 1) - boxWidth;
  const step = boxWidth + Math.max(GAP_X.least, Math.min(GAP_X.most, fitting));
  const slots = columns.flat();
  const top = Math.min(...slots.map(({ y, height }) => y - height / 2), Infinity) - MARGIN;
  const xOf = ({ column }: Slot) => MARGIN + (columns.length - 1 - column) * step;
  const places = new Map(
    [...slotOf].map(([key, slot]) => [key, { x: xOf(slot), y: slot.y - top - BOX_HEIGHT / 2 }]),
  );
  const routes = chains.map(({ link, chain, turned }) => {
    const points = chain.flatMap((slot, index): Point[] => {
      const [x, y] = [xOf(slot), slot.y - top];
      const [left, right]: Point[] = [
        [x, y],
        [x + boxWidth, y],
      ] as const;
      if (!left || !right) return [];
      if (index === 0) return [right];
      return index === chain.length - 1 ? [left] : [left, right];
    });
    return { link, points: turned ? points.reverse() : points };
  });

  const alone = boxes.filter(({ key }) => !linked.has(key));
  const wired = (columns.length - 1) * step + boxWidth;
  const bottom = Math.max(...slots.map(({ y, height }) => y - top + height / 2), 0);
  const perRow = Math.max(
    1,
    Math.floor((Math.max(wired, available - 2 * MARGIN) + GAP_Y) / (boxWidth + GAP_Y)),
  );
  const start = bottom > 0 ? bottom + 2 * GAP_Y : MARGIN;
  alone.forEach(({ key }, index) => {
    places.set(key, {
      x: MARGIN + (index % perRow) * (boxWidth + GAP_Y),
      y: start + Math.floor(index / perRow) * (BOX_HEIGHT + GAP_Y),
    });
  });
  const all = [...places.values()];
  return {
    width: Math.max(...all.map(({ x }) => x), 0) + boxWidth + MARGIN,
    height: Math.max(...all.map(({ y }) => y), 0) + BOX_HEIGHT + MARGIN,
    boxWidth,
    places,
    routes,
  };
}
