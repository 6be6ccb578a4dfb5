import type { ReactNode } from "react";
import type { MeshAnswer } from "../../mesh.ts";
import { useLive } from "../data/live.ts";
import { hashOf, routeOf } from "../data/route.ts";
import { format } from "../text/format.ts";
import { Chips } from "../ui/chips.tsx";
import { Elsewhere } from "./elsewhere.tsx";
import { figuresOf, type Group, groupKey, groupsOf } from "./groups.ts";
import { Replicas } from "./replicas.tsx";
import { Tools } from "./tools.tsx";

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** Leads to another agent in the same dialog. */
function AgentLink({ id, mesh }: { id: string; mesh: MeshAnswer }) {
  const agent = mesh.agents.find((one) => one.id === id);
  if (!agent) return id;
  const { view } = routeOf(location.hash);
  return <a href={hashOf({ view, agent: groupKey(agent) })}>{agent.name}</a>;
}

function Figures({ group }: { group: Group }) {
  const figures = figuresOf(useLive().status.answer?.agents, group);
  if (!figures) return <p className="dim">Nothing is counted of this agent.</p>;
  const facts: [string, string][] = [
    ["Calls", format("perSecond", figures.callsPerSecond)],
    ["Errors", format("ratio", figures.errorRatio)],
    ["p95", format("seconds", figures.p95Seconds)],
    ["Sessions", format("count", figures.sessions)],
    ["In flight", format("count", figures.inFlight)],
  ];
  return (
    <dl className="figures">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What an agent is, does, offers and needs, and who needs it. */
export function DetailsBody({ group, mesh }: { group: Group; mesh: MeshAnswer }) {
  const [first] = group.replicas;
  const own = new Set(group.replicas.map(({ id }) => id));
  const consumers = groupsOf(mesh).flatMap((other) =>
    other.needs
      .filter(({ to }) => to !== undefined && own.has(to))
      .map((wire) => ({ other, wire })),
  );
  const about: [string, ReactNode][] = [
    ["Namespace", group.namespace],
    ["Mode", first.mode],
    ["Version", group.versions.join(", ")],
    ["Runtime", [first.runtime, first.type].filter(Boolean).join(", ") || "–"],
    ["Endpoint", <code key="endpoint">{first.endpoint}</code>],
  ];
  return (
    <>
      {first.description !== "" && <p>{first.description}</p>}
      <Elsewhere group={group} />
      <Figures group={group} />
      <dl className="facts">
        {about.map(([name, value]) => [
          <dt key={name}>{name}</dt>,
          <dd key={`${name} is`}>{value}</dd>,
        ])}
      </dl>
      <Part title="Tools">
        <Tools tools={first.tools} />
      </Part>
      <Part title="Needs">
        {group.needs.length === 0 && <p className="dim">Nothing</p>}
        <ul className="plain">
          {group.needs.map(({ tool, capability, tags, to, toTool }) => (
            <li key={JSON.stringify([tool, capability, tags])}>
              <strong>{capability}</strong> <span className="dim">for {tool}:</span>{" "}
              {to === undefined ? (
                <span className="bad">unresolved, nobody offers it</span>
              ) : (
                <AgentLink id={to} mesh={mesh} />
              )}
              {toTool !== undefined && <span className="dim"> by its tool {toTool}</span>}
              <Chips words={tags} label="Tags" />
            </li>
          ))}
        </ul>
      </Part>
      <Part title="Serves">
        {consumers.length === 0 && <p className="dim">Nobody</p>}
        <ul className="plain">
          {consumers.map(({ other, wire }) => (
            <li key={JSON.stringify([other.key, wire.tool, wire.capability, wire.tags])}>
              <AgentLink id={other.replicas[0].id} mesh={mesh} />{" "}
              <span className="dim">
                ({wire.tool}) with {wire.capability}
              </span>
            </li>
          ))}
        </ul>
      </Part>
      <Part title="Replicas">
        <Replicas group={group} />
      </Part>
    </>
  );
}
