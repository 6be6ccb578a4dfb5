import type { ReactNode } from "react";
import type { StatusAnswer } from "../../api.ts";
import { Ago } from "../ui/ago.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";

const when = (time: string | undefined): ReactNode =>
  time === undefined ? <Badge tone="bad">never</Badge> : <Ago time={time} />;

function Known({ status }: { status: StatusAnswer }) {
  const { backup, prometheus } = status;
  if (prometheus.state === "off")
    return <p className="empty">Not known: no Prometheus is configured.</p>;
  if (!backup) return <p className="empty">Not known: no database tells of its backups.</p>;
  if (!backup.enabled) {
    return (
      <p className="empty">
        <Badge tone="warn">not configured</Badge> The database is not backed up.
      </p>
    );
  }
  return (
    <dl className="facts">
      <dt>Last backup</dt>
      <dd>{when(backup.lastSuccess)}</dd>
      <dt>Last verified backup</dt>
      <dd>{when(backup.lastVerified)}</dd>
      <dt>Log archived</dt>
      <dd>{when(backup.archived)}</dd>
    </dl>
  );
}

/** When the registry's database was last backed up, and when that was last proven to restore. */
export function Backups({ status }: { status?: StatusAnswer }) {
  return (
    <Card title="Backups">
      {status ? <Known status={status} /> : <p className="empty">Not known yet.</p>}
    </Card>
  );
}
