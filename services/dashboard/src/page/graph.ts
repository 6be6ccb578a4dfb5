import { type Attributes, type Child, s } from "./dom.ts";
import { BOX_HEIGHT, type Layout, layoutOf } from "./layout.ts";
import { type Box, type Graph, type Link, statusOf } from "./model.ts";

/** More wires than this are named only when pointed at: names would hide one another. */
const NAMED_WIRES = 16;
/** A drawing is shrunk this far to fit; those that don't are scrolled, at a size to read. */
const SMALLEST = 0.72;
const SCROLLED = 0.9;

function clip(text: string, length: number): string {
  const letters = [...text];
  return letters.length > length ? `${letters.slice(0, length - 1).join("")}…` : text;
}

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** A smooth line through the points, flat where it passes through a column. */
function pathOf(points: readonly (readonly [number, number])[]): string {
  return points
    .map(([x, y], index) => {
      const before = points[index - 1];
      if (!before) return `M${x} ${y}`;
      if (index % 2 === 0) return `L${x} ${y}`;
      const middle = (before[0] + x) / 2;
      return `C${middle} ${before[1]} ${middle} ${y} ${x} ${y}`;
    })
    .join("");
}

function wire({ link, points }: Layout["routes"][number], named: boolean): SVGElement {
  const [a, b] = [points[0], points[1]];
  const ends = { "data-from": link.from, "data-to": link.to };
  const kind = `wire${link.resolved ? "" : " unresolved"}${named ? "" : " quiet"}`;
  const label =
    a && b && link.resolved
      ? s(
          "text",
          { x: (a[0] + b[0]) / 2, y: (a[1] + b[1]) / 2 - 5 },
          clip(link.capabilities.join(", "), 24),
        )
      : undefined;
  return s(
    "g",
    { class: kind, "data-key": `${link.from} ${link.to}`, "aria-hidden": "true", ...ends },
    s("path", { d: pathOf(points), "marker-end": `url(#${link.resolved ? "arrow" : "lost"})` }),
    label,
  );
}

/** What a screen reader says of a box. */
function spoken({ name, replicas }: Box, status: string, links: Link[], nameOf: NameOf): string {
  const needs = links.filter(({ from, resolved }) => resolved && nameOf(from) === name);
  const parts = [name, status, replicas.length > 1 && plural(replicas.length, "replica")];
  const wired = needs.map(
    ({ to, capabilities }) => `${capabilities.join(", ")} from ${nameOf(to)}`,
  );
  if (wired.length > 0) parts.push(`needs ${wired.join("; ")}`);
  return parts.filter(Boolean).join(", ");
}

type NameOf = (key: string) => string;

function boxOf(
  box: Box,
  { x, y }: { x: number; y: number },
  width: number,
  label: string,
): SVGElement {
  const letters = (width - 40) / 7.4;
  const status = statusOf(box);
  const [first] = box.replicas;
  const attributes: Attributes = {
    class: `box ${status}${box.matches || !first ? "" : " neighbour"}`,
    "data-key": box.key,
    transform: `translate(${x} ${y})`,
  };
  const frame = s("rect", { width, height: BOX_HEIGHT, rx: 10, class: "frame" });
  const text = (className: string, dy: number, content: string) =>
    s("text", { x: 34, y: dy, class: className }, content);
  if (!first) {
    return s(
      "g",
      { ...attributes, role: "img", "aria-label": `nobody offers ${box.name}` },
      s("title", {}, `Nobody offers “${box.name}” in the namespace ${box.namespace}`),
      frame,
      s("path", { class: "mark", d: "M13 22l8 10m0-10l-8 10" }),
      text("name", 23, clip(box.name, letters)),
      text("about", 41, "nobody offers this"),
    );
  }
  const count = box.replicas.length;
  const about = [first.mode, first.version, count > 1 && `× ${count}`].filter(Boolean).join(" · ");
  return s(
    "g",
    { ...attributes, role: "button", tabindex: 0, "data-agent": first.id, "aria-label": label },
    s("title", {}, `${box.namespace}/${box.name} (${status})`),
    frame,
    // Told apart by shape too: full, ring, cross.
    status === "unhealthy"
      ? s("path", { class: "mark", d: "M13 22l8 10m0-10l-8 10" })
      : s("circle", { class: "mark", cx: 17, cy: 27, r: 5 }),
    text("name", 23, clip(box.name, letters)),
    text("about", 41, clip(about, letters * 1.2)),
  );
}

const arrow = (id: string) =>
  s(
    "marker",
    { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
    s("path", { d: "M0 0.5 7 4 0 7.5z" }),
  );

/** The drawing of a graph for a place of that width. */
export function drawingOf(graph: Graph, available: number): SVGElement {
  const { width, height, boxWidth, places, routes } = layoutOf(graph, available);
  const names = new Map(graph.boxes.map(({ key, name }) => [key, name]));
  const nameOf = (key: string) => names.get(key) ?? key;
  const boxes: Child[] = graph.boxes.map((box) => {
    const place = places.get(box.key);
    return place && boxOf(box, place, boxWidth, spoken(box, statusOf(box), graph.links, nameOf));
  });
  const fit = available / width;
  const scale = fit < SMALLEST ? SCROLLED : Math.min(1, fit);
  return s(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      width: width * scale,
      height: height * scale,
      role: "group",
      "aria-label": "Wiring",
    },
    s("defs", {}, arrow("arrow"), arrow("lost")),
    ...routes.map((route) => wire(route, routes.length <= NAMED_WIRES)),
    ...boxes,
  );
}

/** Lifts out a box with its wires and neighbours; without a key, nothing. */
export function highlight(drawing: Element, key: string | undefined): void {
  drawing.classList.toggle("pointed", key !== undefined);
  const near = new Set(key === undefined ? [] : [key]);
  for (const wire of drawing.querySelectorAll<SVGElement>(".wire")) {
    const { from, to } = wire.dataset;
    const lit = key !== undefined && (from === key || to === key);
    wire.classList.toggle("lit", lit);
    if (lit) for (const end of [from, to]) near.add(end ?? "");
  }
  for (const box of drawing.querySelectorAll<SVGElement>(".box")) {
    box.classList.toggle("lit", near.has(box.dataset.key ?? ""));
  }
}
