import type { Agent, MeshAnswer, Tool, Wire } from "../mesh.ts";
import { type Child, h } from "./dom.ts";
import { ago } from "./model.ts";

/** Rows that a browser draws without a pause; more are named, and found with the filter. */
const MAX_ROWS = 300;
const MAX_CHIPS = 4;

const chips = (texts: string[], limit = MAX_CHIPS): HTMLElement =>
  h(
    "ul",
    { class: "chips" },
    ...texts.slice(0, limit).map((text) => h("li", {}, text)),
    texts.length > limit && h("li", { class: "more" }, `+${texts.length - limit}`),
  );

const distinct = (texts: string[]) => [...new Set(texts)];

const statusOf = (status: string) => h("span", { class: "status", "data-status": status }, status);

const beat = ({ lastHeartbeat, mode }: Agent, now: number): HTMLElement => {
  if (lastHeartbeat) {
    const since = Date.parse(lastHeartbeat);
    return h("time", { datetime: lastHeartbeat, "data-since": since }, ago(now - since));
  }
  const title = "Declared by the deployment: Kubernetes keeps sick pods out of its Service";
  return h("span", { class: "dim", title }, mode === "vanilla" ? "declared" : "unknown");
};

/** How many there are of what; each count is a button that filters for it. */
export function summary({ agents, wiring }: MeshAnswer, filter: string): HTMLElement {
  const healthy = agents.filter(({ status }) => status === "healthy").length;
  const wired = wiring.filter(({ to }) => to !== undefined).length;
  const count = (many: number, what: string, words: string, kind = "plain") =>
    h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          "data-filter": words,
          "data-kind": many > 0 ? kind : "plain",
          "aria-pressed": words === "" ? undefined : String(filter === words),
        },
        h("strong", {}, many),
        ` ${what}`,
      ),
    );
  return h(
    "ul",
    { "aria-label": "Summary" },
    count(agents.length, agents.length === 1 ? "agent" : "agents", ""),
    count(healthy, "healthy", "healthy", "good"),
    count(agents.length - healthy, "unhealthy", "unhealthy", "bad"),
    count(wired, "wired", "wired"),
    count(wiring.length - wired, "unresolved", "unresolved", "bad"),
  );
}

const columns = ["Agent", "Status", "Version", "Endpoint", "Offers", "Tags", "Needs", "Heartbeat"];

/** The agents as a table, which a narrow screen shows as cards. */
export function table(agents: Agent[], { wiring }: MeshAnswer, now: number): HTMLElement {
  const wires = Map.groupBy(wiring, ({ from }) => from);
  const cell = (index: number, ...children: Child[]) =>
    h("td", { role: "cell", "data-label": columns[index] }, ...children);
  const row = (agent: Agent) => {
    const needs = wires.get(agent.id) ?? [];
    const resolved = needs.filter(({ to }) => to !== undefined).length;
    const offers = distinct(agent.tools.map(({ capability }) => capability));
    return h(
      "tr",
      { role: "row", "data-key": agent.id },
      h(
        "th",
        { role: "rowheader", scope: "row" },
        h("button", { type: "button", "data-agent": agent.id }, agent.name),
        h("small", {}, `${agent.mode} · ${agent.namespace}`),
        agent.id !== agent.name && h("small", { class: "id" }, agent.id),
      ),
      cell(1, statusOf(agent.status)),
      cell(2, agent.version),
      cell(3, h("code", {}, agent.endpoint)),
      cell(4, chips(offers)),
      cell(5, chips(distinct(agent.tools.flatMap(({ tags }) => tags)))),
      cell(
        6,
        needs.length === 0
          ? h("span", { class: "dim" }, "nothing")
          : h(
              "span",
              { class: resolved < needs.length ? "bad" : "" },
              `${resolved} of ${needs.length}`,
            ),
      ),
      cell(7, beat(agent, now)),
    );
  };
  const hidden = agents.length - MAX_ROWS;
  return h(
    "table",
    { role: "table", "aria-labelledby": "agents-title" },
    h(
      "thead",
      { role: "rowgroup" },
      h(
        "tr",
        { role: "row" },
        ...columns.map((name) => h("th", { role: "columnheader", scope: "col" }, name)),
      ),
    ),
    h("tbody", { role: "rowgroup" }, ...agents.slice(0, MAX_ROWS).map(row)),
    hidden > 0 &&
      h("caption", {}, `The first ${MAX_ROWS} of ${agents.length}: filter to see the others.`),
  );
}

const tool = ({ name, capability, version, description, tags, available, reason }: Tool) =>
  h(
    "li",
    {},
    h("strong", {}, name),
    capability !== name && h("span", { class: "dim" }, ` offers ${capability}`),
    h("span", { class: "dim" }, ` ${version}`),
    !available && h("span", { class: "bad" }, ` unavailable${reason ? `: ${reason}` : ""}`),
    description !== "" && h("p", {}, description),
    tags.length > 0 && chips(tags, tags.length),
  );

/** Everything that is known of an agent, for the dialog. */
export function details(agent: Agent, { agents, wiring }: MeshAnswer, now: number): Child[] {
  const named = (id: string | undefined) => agents.find((other) => other.id === id);
  const link = (id: string | undefined) =>
    h("button", { type: "button", class: "link", "data-agent": id }, named(id)?.name ?? id);
  const needs = wiring.filter(({ from }) => from === agent.id);
  const serves = wiring.filter(({ to }) => to === agent.id);
  const replicas = agents.filter(
    ({ id, name, namespace }) =>
      id !== agent.id && name === agent.name && namespace === agent.namespace,
  );
  const fact = (name: string, value: Child) => [h("dt", {}, name), h("dd", {}, value || "–")];
  const part = (title: string, items: HTMLElement[]) => [
    h("h3", {}, title),
    items.length > 0 ? h("ul", { class: "plain" }, ...items) : h("p", { class: "dim" }, "None"),
  ];
  const need = ({ tool, capability, tags, to, toTool }: Wire) =>
    h(
      "li",
      {},
      h("strong", {}, capability),
      h("span", { class: "dim" }, ` for ${tool}: `),
      to === undefined ? h("span", { class: "bad" }, "unresolved, nobody offers it") : link(to),
      toTool !== undefined && h("span", { class: "dim" }, ` by its tool ${toTool}`),
      tags.length > 0 && chips(tags, tags.length),
    );
  return [
    h(
      "header",
      {},
      h("h2", { id: "details-title" }, agent.name),
      statusOf(agent.status),
      h(
        "button",
        { type: "button", class: "close", "aria-label": "Close", "data-close": true },
        "✕",
      ),
    ),
    agent.description !== "" && h("p", {}, agent.description),
    h(
      "dl",
      {},
      ...fact("Id", h("code", {}, agent.id)),
      ...fact("Namespace", agent.namespace),
      ...fact("Mode", agent.mode),
      ...fact("Version", agent.version),
      ...fact("Runtime", [agent.runtime, agent.type].filter(Boolean).join(", ")),
      ...fact("Endpoint", h("code", {}, agent.endpoint)),
      ...fact("Heartbeat", beat(agent, now)),
      ...fact("Registered", agent.registered && new Date(agent.registered).toLocaleString()),
    ),
    ...part("Tools", agent.tools.map(tool)),
    ...part("Needs", needs.map(need)),
    ...part(
      "Serves",
      serves.map(({ from, tool, capability }) =>
        h("li", {}, link(from), h("span", { class: "dim" }, ` (${tool}) with ${capability}`)),
      ),
    ),
    ...(replicas.length > 0
      ? part(
          "Other replicas",
          replicas.map(({ id }) => h("li", {}, link(id))),
        )
      : []),
  ];
}
