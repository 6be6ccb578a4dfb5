import type { StatusAnswer } from "../../api.ts";
import type { Group } from "../agents/groups.ts";
import { hashOf, type View } from "../data/route.ts";
import { format, plural } from "../text/format.ts";
import type { Tone } from "../ui/badge.tsx";

interface TileProps {
  label: string;
  value: string;
  note: string;
  tone?: Tone;
  view: View;
}

function Tile({ label, value, note, tone = "plain", view }: TileProps) {
  return (
    <li>
      <a className="tile" href={hashOf({ view })} data-tone={tone}>
        <span className="label">{label}</span>
        <strong>{value}</strong>
        <span className="note">{note}</span>
      </a>
    </li>
  );
}

const sum = (values: (number | undefined)[]) =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);

/** The figures of the whole mesh; each leads to where there is more. */
export function Tiles({ groups, status }: { groups?: Group[]; status?: StatusAnswer }) {
  const healthy = groups?.filter(({ state }) => state === "healthy").length ?? 0;
  const needs = sum(groups?.map((group) => group.needs.length) ?? []);
  const resolved = sum(groups?.map((group) => group.resolved) ?? []);
  const figures = Object.values(status?.agents ?? {});
  const calls = sum(figures.map(({ callsPerSecond }) => callsPerSecond));
  const failed = sum(figures.map((each) => each.callsPerSecond * (each.errorRatio ?? 0)));
  const counted = status !== undefined && status.prometheus.state !== "off";
  const slowest = Object.entries(status?.agents ?? {}).reduce(
    (worst, [name, { p95Seconds = 0 }]) =>
      p95Seconds > worst.seconds ? { name, seconds: p95Seconds } : worst,
    { name: "", seconds: 0 },
  );
  const sessions = sum(figures.map((each) => each.sessions));
  const inFlight = sum(figures.map((each) => each.inFlight));
  const errors = calls > 0 ? failed / calls : undefined;
  const replicas = sum(groups?.map((group) => group.replicas.length) ?? []);
  return (
    <ul className="tiles" aria-label="Figures">
      <Tile
        {...{ label: "Agents healthy", view: "agents", note: plural(replicas, "replica") }}
        value={groups ? `${healthy} of ${groups.length}` : "–"}
        tone={groups && healthy < groups.length ? "bad" : "plain"}
      />
      <Tile
        {...{ label: "Dependencies resolved", view: "graph" }}
        value={groups ? `${resolved} of ${needs}` : "–"}
        note={resolved < needs ? `${needs - resolved} unresolved` : "none is missing"}
        tone={resolved < needs ? "bad" : "plain"}
      />
      <Tile
        {...{ label: "Calls", view: "charts" }}
        value={counted ? format("perSecond", calls) : "–"}
        note={counted ? `${format("count", inFlight)} in flight` : "not measured"}
      />
      <Tile
        {...{ label: "Errors", view: "charts" }}
        value={format("ratio", counted ? errors : undefined)}
        note={errors === undefined ? "no calls" : `${format("perSecond", failed)} failing`}
        tone={errors !== undefined && errors > 0.01 ? "bad" : "plain"}
      />
      <Tile
        {...{ label: "Slowest p95", view: "charts" }}
        value={slowest.seconds > 0 ? format("seconds", slowest.seconds) : "–"}
        note={slowest.name || "no calls"}
      />
      <Tile
        {...{ label: "Open sessions", view: "agents" }}
        value={counted ? format("count", sessions) : "–"}
        note={counted ? "of sessionful agents" : "not measured"}
      />
    </ul>
  );
}
