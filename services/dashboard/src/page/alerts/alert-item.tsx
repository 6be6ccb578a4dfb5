import type { Alert } from "../../api.ts";
import { useNow } from "../data/clock.ts";
import { lasting, moment } from "../text/format.ts";
import { Away } from "../ui/away.tsx";
import { Badge, toneOf } from "../ui/badge.tsx";

/** Told elsewhere in the same item, or the same for all. */
const told = new Set(["alertname", "severity", "team"]);

/** One alert: what is wrong, since when, and where to read what to do. */
export function AlertItem({ alert, full = false }: { alert: Alert; full?: boolean }) {
  const { name, severity, state, since, summary, description, labels, runbook, dashboard } = alert;
  const age = lasting(useNow() - Date.parse(since));
  return (
    <li className="alert" data-tone={toneOf(severity)}>
      <p className="line">
        <Badge tone={toneOf(severity)}>{severity}</Badge>
        <strong>{name}</strong>
        <time dateTime={since} title={moment(since)} className="dim">
          {state === "firing" ? "for" : "pending for"} {age}
        </time>
      </p>
      <p>{summary}</p>
      {full && <p className="dim">{description}</p>}
      <p className="links">
        {runbook !== undefined && <a href={runbook}>Runbook</a>}
        {dashboard !== undefined && <Away href={dashboard}>Grafana</Away>}
      </p>
      {full && (
        <ul className="labels" aria-label="Labels">
          {Object.entries(labels)
            .filter(([key]) => !told.has(key))
            .map(([key, value]) => (
              <li key={key}>
                {key}=<b>{value}</b>
              </li>
            ))}
        </ul>
      )}
    </li>
  );
}
