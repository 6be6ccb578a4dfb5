import { ViewportPortal } from "@xyflow/react";
import { memo, useContext, useMemo, useSyncExternalStore } from "react";
import { type Curve, curvesOf } from "./curves.ts";
import type { Link } from "./model.ts";
import type { Places } from "./shape.ts";
import { SpotlightContext } from "./spotlight.ts";

/** More links than this are named only when looked at: names would hide one another. */
const NAMED_LINKS = 16;

/** Links of a kind. All that lead to one box end in the same head. */
const Bundle = memo(function Bundle({ kind, curves }: { kind: string; curves: readonly Curve[] }) {
  const heads = new Map(curves.map(({ link, head }) => [link.to, head]));
  return (
    <g className="wires" data-kind={kind}>
      {curves.map(({ link, line }) => (
        <path key={link.key} className="line" d={line} />
      ))}
      {[...heads].map(([key, head]) => (
        <path key={key} className="head" d={head} />
      ))}
    </g>
  );
});

/**
 * All links, and above them those that are looked at, with their names: in one picture, where the
 * library has one for each, which hundreds of moving links are too many for.
 */
export const Wires = memo(function Wires({ links, places }: { links: Link[]; places: Places }) {
  const spotlight = useContext(SpotlightContext);
  useSyncExternalStore(spotlight.subscribe, () => spotlight.turns);
  const { all, resolved, lost } = useMemo(() => {
    const curves = curvesOf(links, places);
    const of = (wanted: boolean) => curves.filter(({ link }) => link.resolved === wanted);
    return { all: curves, resolved: of(true), lost: of(false) };
  }, [links, places]);
  const lit = all.filter(({ link }) => spotlight.linkLight(link.key) === "lit");
  const named = spotlight.active ? lit : all.length <= NAMED_LINKS ? all : [];
  return (
    <ViewportPortal>
      <svg className="links" data-dim={spotlight.active || undefined} aria-hidden="true">
        <g className="rest">
          <Bundle kind="resolved" curves={resolved} />
          <Bundle kind="lost" curves={lost} />
        </g>
        <Bundle kind="lit" curves={lit.filter(({ link }) => link.resolved)} />
        <Bundle kind="lost" curves={lit.filter(({ link }) => !link.resolved)} />
        {named.map(({ link, x, y }) => (
          <text key={link.key} x={x} y={y} dy="0.35em">
            {link.capabilities.join(", ")}
          </text>
        ))}
      </svg>
    </ViewportPortal>
  );
});
