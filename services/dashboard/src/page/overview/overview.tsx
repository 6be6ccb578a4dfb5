import { groupsOf } from "../agents/groups.ts";
import { useLive } from "../data/live.ts";
import { AlertsNow } from "./alerts-now.tsx";
import { Backups } from "./backups.tsx";
import { Sources } from "./sources.tsx";
import { Tiles } from "./tiles.tsx";
import { Traffic } from "./traffic.tsx";
import { Verdict } from "./verdict.tsx";
import { Workloads } from "./workloads.tsx";

/** How it is, at a glance. */
export function Overview() {
  const { mesh, status } = useLive();
  const groups = mesh.answer ? groupsOf(mesh.answer) : undefined;
  return (
    <div className="overview">
      <Verdict groups={groups} status={status.answer} />
      <Tiles groups={groups} status={status.answer} />
      <div className="columns">
        <AlertsNow status={status.answer} />
        <Backups status={status.answer} />
      </div>
      {status.answer && status.answer.prometheus.state !== "off" && <Traffic />}
      <div className="columns">
        <Workloads status={status.answer} />
        <Sources />
      </div>
    </div>
  );
}
