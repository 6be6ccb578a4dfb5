import { useState } from "react";
import { useLive } from "../data/live.ts";
import { Card } from "../ui/card.tsx";
import { Search } from "../ui/search.tsx";
import { matches, type Sorting, sorted } from "./filter.ts";
import { figuresOf, type Group, groupsOf } from "./groups.ts";
import { AgentTable } from "./table.tsx";

/** Rows that a browser draws without a pause; the others come on demand. */
const FIRST_ROWS = 150;

/** Every agent, to filter and to sort. */
export function Agents() {
  const { mesh, status } = useLive();
  const [filter, setFilter] = useState("");
  const [sorting, setSorting] = useState<Sorting>("name");
  const [all, setAll] = useState(false);
  if (!mesh.answer)
    return <p className="starting">{mesh.trouble ? "" : "Asking for the agents …"}</p>;
  const figures = (group: Group) => figuresOf(status.answer?.agents, group);
  const groups = groupsOf(mesh.answer);
  const found = sorted(
    groups.filter((group) => matches(group, filter)),
    sorting,
    figures,
  );
  const rows = all ? found : found.slice(0, FIRST_ROWS);
  const count = `${found.length} of ${groups.length} agents`;
  return (
    <Card title="Agents" className="agents">
      <Search
        label="Filter agents"
        placeholder="Name, tool, capability, tag, state, version …"
        value={filter}
        found={count}
        onChange={setFilter}
      />
      {found.length === 0 ? (
        <p className="empty">
          {groups.length === 0
            ? "No agent has registered yet. One shows here as soon as its first heartbeat arrives."
            : "No agent matches the filter."}
        </p>
      ) : (
        <AgentTable groups={rows} figures={figures} sorting={sorting} onSort={setSorting} />
      )}
      {rows.length < found.length && (
        <p>
          <button type="button" className="button" onClick={() => setAll(true)}>
            Show all {found.length}
          </button>
        </p>
      )}
    </Card>
  );
}
