import type { StatusAnswer } from "../../api.ts";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";

/** Every workload that Prometheus looks at: whether it answers, and its version. */
export function Workloads({ status }: { status?: StatusAnswer }) {
  const workloads = status?.workloads ?? [];
  const whole = workloads.filter(({ up, targets }) => up === targets).length;
  return (
    <Card
      title="Workloads"
      aside={
        workloads.length > 0 && <span className="dim">{`${whole} of ${workloads.length} up`}</span>
      }
    >
      {workloads.length === 0 ? (
        <p className="empty">Nothing is measured.</p>
      ) : (
        <div className="scroll" tabIndex={0} role="region" aria-label="Workloads, table">
          <table>
            <thead>
              <tr>
                <th scope="col">Workload</th>
                <th scope="col">Component</th>
                <th scope="col">Up</th>
                <th scope="col">Version</th>
              </tr>
            </thead>
            <tbody>
              {workloads.map(({ name, job, up, targets, version }) => (
                <tr key={`${job} ${name}`}>
                  <th scope="row">{name}</th>
                  <td>{job}</td>
                  <td>
                    <Badge tone={up === targets ? "good" : up === 0 ? "bad" : "warn"}>
                      {`${up} of ${targets}`}
                    </Badge>
                  </td>
                  <td>{version ?? "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
