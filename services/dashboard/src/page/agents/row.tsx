import type { AgentFigures } from "../../api.ts";
import { openAgent } from "../data/route.ts";
import { format, plural } from "../text/format.ts";
import { Ago } from "../ui/ago.tsx";
import { Badge, toneOf } from "../ui/badge.tsx";
import type { Group } from "./groups.ts";

/** From here on, errors are worth a colour. */
const MANY_ERRORS = 0.01;

/** When an agent was last heard of, as far as it is heard of at all. */
export function Heartbeat({ group }: { group: Group }) {
  if (group.heartbeat !== undefined) return <Ago time={group.heartbeat} />;
  const [first] = group.replicas;
  if (first.mode !== "vanilla") return <span className="dim">unknown</span>;
  const why = "Declared by the deployment: Kubernetes keeps sick pods out of its Service";
  return (
    <span className="dim" title={why}>
      declared
    </span>
  );
}

/** How much of what an agent needs is there. */
function Needs({ group: { needs, resolved } }: { group: Group }) {
  if (needs.length === 0) return <span className="dim">nothing</span>;
  if (resolved === needs.length) return `${resolved} of ${needs.length}`;
  return <Badge tone="bad">{`${resolved} of ${needs.length}`}</Badge>;
}

/** One agent of the table. */
export function AgentRow({ group, figures }: { group: Group; figures?: AgentFigures }) {
  const { name, namespace, replicas, state, versions } = group;
  const errors = figures?.errorRatio;
  return (
    <tr>
      <th scope="row">
        <button type="button" className="link" onClick={() => openAgent(group.key)}>
          {name}
        </button>
        <small>
          {namespace} · {replicas[0].mode}
          {replicas.length > 1 && ` · ${plural(replicas.length, "replica")}`}
        </small>
      </th>
      <td data-label="State">
        <Badge tone={toneOf(state)}>{state}</Badge>
      </td>
      <td data-label="Version">{versions.join(", ")}</td>
      <td data-label="Needs">
        <Needs group={group} />
      </td>
      <td data-label="Calls" className="number">
        {format("perSecond", figures?.callsPerSecond)}
      </td>
      <td data-label="Errors" className="number">
        <span className={errors !== undefined && errors > MANY_ERRORS ? "bad" : undefined}>
          {format("ratio", errors)}
        </span>
      </td>
      <td data-label="p95" className="number">
        {format("seconds", figures?.p95Seconds)}
      </td>
      <td data-label="Sessions" className="number">
        {format("count", figures?.sessions)}
      </td>
      <td data-label="Heartbeat">
        <Heartbeat group={group} />
      </td>
    </tr>
  );
}
