import type { AgentFigures } from "../../api.ts";
import type { Sorting } from "./filter.ts";
import type { Group } from "./groups.ts";
import { AgentRow } from "./row.tsx";

const columns: { title: string; by?: Sorting; number?: boolean }[] = [
  { title: "Agent", by: "name" },
  { title: "State", by: "state" },
  { title: "Version" },
  { title: "Needs" },
  { title: "Calls", by: "calls", number: true },
  { title: "Errors", by: "errors", number: true },
  { title: "p95", number: true },
  { title: "Sessions", by: "sessions", number: true },
  { title: "Heartbeat", by: "heartbeat" },
];

interface TableProps {
  groups: Group[];
  figures(group: Group): AgentFigures | undefined;
  sorting: Sorting;
  onSort(by: Sorting): void;
}

/** The agents as a table, which a narrow screen shows as cards. */
export function AgentTable({ groups, figures, sorting, onSort }: TableProps) {
  return (
    <table className="cards" aria-label="Agents">
      <thead>
        <tr>
          {columns.map(({ title, by, number }) => (
            <th
              key={title}
              scope="col"
              className={number ? "number" : undefined}
              aria-sort={by !== undefined && by === sorting ? orders[by] : undefined}
            >
              {by === undefined ? (
                title
              ) : (
                <button type="button" onClick={() => onSort(by)}>
                  {title}
                </button>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <AgentRow key={group.key} group={group} figures={figures(group)} />
        ))}
      </tbody>
    </table>
  );
}

/** What comes first: the most, the worst, or the oldest. */
const orders: Record<Sorting, "ascending" | "descending"> = {
  name: "ascending",
  heartbeat: "ascending",
  ...{ state: "descending", calls: "descending", errors: "descending", sessions: "descending" },
};
