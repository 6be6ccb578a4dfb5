import type { ReactNode } from "react";
import { useNow } from "../data/clock.ts";
import { useLive } from "../data/live.ts";
import { useSession } from "../data/session.ts";
import { clock } from "../text/format.ts";
import { Ago } from "../ui/ago.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";

/** Where all this comes from, whether it answers, and how old it is. */
export function Sources() {
  const { mesh, status } = useLive();
  const { version } = useSession();
  // When an answer was last confirmed changes with nothing else.
  useNow();
  const registry = (): ReactNode => {
    if (mesh.trouble) return <Badge tone="plain">not known</Badge>;
    if (!mesh.answer) return "…";
    const { stale } = mesh.answer;
    if (!stale) return <Badge tone="good">reachable</Badge>;
    return <Badge tone="bad">away since {clock(stale.since)}</Badge>;
  };
  const prometheus = (): ReactNode => {
    const state = status.answer?.prometheus.state;
    if (status.trouble) return <Badge tone="plain">not known</Badge>;
    if (state === undefined) return "…";
    if (state === "off") return <Badge tone="warn">not configured</Badge>;
    return (
      <Badge tone={state === "ok" ? "good" : "bad"}>{state === "ok" ? "reachable" : "away"}</Badge>
    );
  };
  // An answer that was confirmed is as good as a new one.
  const figures =
    status.answer?.prometheus.state === "failed"
      ? status.answer.at
      : status.answer?.prometheus.state === "ok" && status.seen;
  const since = mesh.answer?.stale?.since ?? mesh.seen;
  return (
    <Card title="Sources">
      <dl className="facts">
        <dt>Registry</dt>
        <dd>{registry()}</dd>
        <dt>Agents as of</dt>
        <dd>{since ? <Ago time={since} /> : "–"}</dd>
        <dt>Prometheus</dt>
        <dd>{prometheus()}</dd>
        <dt>Figures as of</dt>
        <dd>{figures ? <Ago time={figures} /> : "–"}</dd>
        <dt>Dashboard</dt>
        <dd>{version}</dd>
      </dl>
    </Card>
  );
}
