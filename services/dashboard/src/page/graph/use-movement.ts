import { useReactFlow } from "@xyflow/react";
import { type FocusEvent, type KeyboardEvent, useCallback, useEffect } from "react";
import { neighbour } from "./keys.ts";
import type { Graph } from "./model.ts";
import { BOX, type Places } from "./shape.ts";
import type { Spotlight } from "./spotlight.ts";

/** The least that names can be read at. */
const READABLE = 0.75;

interface Moving {
  graph: Graph;
  places: Places;
  spotlight: Spotlight;
  /** What a search found; undefined if nothing is looked for. */
  found: readonly string[] | undefined;
}

const keyOf = (target: EventTarget): string | undefined =>
  target instanceof HTMLElement
    ? target.closest<HTMLElement>("[data-key]")?.dataset.key
    : undefined;

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** How the graph is walked through: by keys, by focus, by search. */
export function useMovement({ graph, places, spotlight, found }: Moving) {
  const flow = useReactFlow();
  const { links } = graph;

  const look = (key: string) => {
    const place = places[key];
    if (!place) return;
    const zoom = Math.max(flow.getZoom(), READABLE);
    const [x, y] = [place.x + BOX.width / 2, place.y + BOX.height / 2];
    void flow.setCenter(x, y, { zoom, duration: calm() ? 0 : 200 });
  };

  /** What is lit when nothing is pointed at: what was searched for, or everything. */
  const rest = useCallback(() => {
    const set = found && new Set(found);
    const between = set && links.filter(({ from, to }) => set.has(from) && set.has(to));
    spotlight.shine(
      set,
      between?.map(({ key }) => key),
    );
  }, [found, links, spotlight]);

  useEffect(() => {
    // The Tab key leads to one box, and the arrow keys from there to the others.
    const first = Object.entries(places).toSorted(([, a], [, b]) => a.x - b.x || a.y - b.y)[0];
    spotlight.turn(first?.[0]);
  }, [places, spotlight]);

  const onFocus = ({ target }: FocusEvent) => {
    const key = keyOf(target);
    if (key === undefined || !target.matches(":focus-visible")) return;
    spotlight.turn(key);
    spotlight.on(key, links);
    look(key);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const key = keyOf(event.target);
    const next = key && neighbour(key, event.key, places, links);
    if (!next) return;
    event.preventDefault();
    spotlight.turn(next);
    const box = event.currentTarget.querySelector<HTMLElement>(`[data-key="${CSS.escape(next)}"]`);
    // The browser would scroll the frame to it, where the graph has to move inside.
    box?.focus({ preventScroll: true });
  };

  return { look, rest, onFocus, onKeyDown };
}
