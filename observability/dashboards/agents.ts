import {
  CountsPerSecond,
  NoUnit,
  PercentUnit,
  RequestsPerSecond,
  Seconds,
} from "@grafana/grafana-foundation-sdk/units";
import type { DashboardSpec } from "#observability/dashboards/dashboard";
import { by, CHOSEN, quantile, rate, series, share } from "#observability/dashboards/expressions";
import type { PanelSpec } from "#observability/dashboards/panels";
import { processPanels } from "#observability/dashboards/processes";

const requests = "mcp_mesh_request_duration_seconds";
const tools = "mcp_mesh_tool_call_duration_seconds";
const dependencies = "mcp_mesh_dependency_call_duration_seconds";

const calls: PanelSpec[] = [
  {
    kind: "graph",
    title: "Requests",
    description: "MCP requests that are answered, by agent.",
    unit: RequestsPerSecond,
    queries: [{ expr: by(["service"], rate(`${requests}_count`, CHOSEN)), legend: "{{service}}" }],
    absentWhen: "no-calls",
    stacked: true,
  },
  {
    kind: "graph",
    title: "Failed requests",
    description: "The part of the requests that ends with a server error, by agent.",
    unit: PercentUnit,
    queries: [
      {
        expr: share(["service"], `${requests}_count`, ['code=~"5.."'], [CHOSEN]),
        legend: "{{service}}",
      },
    ],
    absentWhen: "no-calls",
    thresholds: { critical: 0.05 },
  },
  {
    kind: "graph",
    title: "Time to answer",
    description: "99 of 100 requests are answered within this time, by agent.",
    unit: Seconds,
    queries: [{ expr: quantile(0.99, requests, ["service"], CHOSEN), legend: "{{service}}" }],
    absentWhen: "no-calls",
  },
  {
    kind: "graph",
    title: "Requests in flight",
    description: "Requests being answered now, by agent. Agents can be scaled by it.",
    unit: NoUnit,
    queries: [
      {
        expr: by(["service"], series("mcp_mesh_requests_in_flight", CHOSEN)),
        legend: "{{service}}",
      },
    ],
  },
];

const offered: PanelSpec[] = [
  {
    kind: "graph",
    title: "Calls by tool",
    description: "Calls of each tool. A name that the agent does not offer counts as unknown.",
    unit: RequestsPerSecond,
    queries: [
      {
        expr: by(["service", "tool"], rate(`${tools}_count`, CHOSEN)),
        legend: "{{service}} {{tool}}",
      },
    ],
    absentWhen: "no-calls",
    stacked: true,
  },
  {
    kind: "graph",
    title: "Failed calls by tool",
    description: "The part of a tool's calls whose outcome is an error of the tool or a failure.",
    unit: PercentUnit,
    queries: [
      {
        expr: share(["service", "tool"], `${tools}_count`, ['outcome!="ok"'], [CHOSEN]),
        legend: "{{service}} {{tool}}",
      },
    ],
    absentWhen: "no-calls",
    thresholds: { warning: 0.05 },
  },
  {
    kind: "graph",
    title: "Time by tool",
    description: "95 of 100 calls of a tool take no longer.",
    unit: Seconds,
    queries: [
      {
        expr: quantile(0.95, tools, ["service", "tool"], CHOSEN),
        legend: "{{service}} {{tool}}",
      },
    ],
    absentWhen: "no-calls",
  },
  {
    kind: "graph",
    title: "Calls by outcome",
    description: "Calls of all tools: well, with an error that the tool tells, or failed.",
    unit: RequestsPerSecond,
    queries: [{ expr: by(["outcome"], rate(`${tools}_count`, CHOSEN)), legend: "{{outcome}}" }],
    absentWhen: "no-calls",
    stacked: true,
  },
];

const protocol: PanelSpec[] = [
  {
    kind: "graph",
    title: "Messages by protocol revision",
    description: "MCP messages by the revision that the client speaks.",
    unit: CountsPerSecond,
    queries: [{ expr: by(["era"], rate("mcp_mesh_messages_total", CHOSEN)), legend: "{{era}}" }],
    absentWhen: "no-calls",
    stacked: true,
  },
  {
    kind: "graph",
    title: "Messages by method",
    description: "MCP messages by method; those that the protocol does not know count as other.",
    unit: CountsPerSecond,
    queries: [
      { expr: by(["method"], rate("mcp_mesh_messages_total", CHOSEN)), legend: "{{method}}" },
    ],
    absentWhen: "no-calls",
    stacked: true,
  },
  {
    kind: "graph",
    title: "Open sessions",
    description:
      "Sessions that were opened and not closed, by agent. One that its client just left counts, too.",
    unit: NoUnit,
    queries: [
      { expr: by(["service"], series("mcp_mesh_sessions", CHOSEN)), legend: "{{service}}" },
    ],
    stacked: true,
  },
  {
    kind: "graph",
    title: "Sessions opened",
    description: "New sessions each second, by agent.",
    unit: CountsPerSecond,
    queries: [
      {
        expr: by(["service"], rate("mcp_mesh_sessions_opened_total", CHOSEN)),
        legend: "{{service}}",
      },
    ],
  },
];

const wiring: PanelSpec[] = [
  {
    kind: "states",
    title: "Dependencies with a provider",
    description: "Whether the registry has wired a capability that an agent declares.",
    unit: NoUnit,
    queries: [
      {
        expr: by(["service", "capability"], series("mcp_mesh_dependency_available", CHOSEN), "min"),
        legend: "{{service}} → {{capability}}",
      },
    ],
    absentWhen: "no-dependencies",
  },
  {
    kind: "graph",
    title: "Calls of dependencies",
    description: "Calls of other agents' capabilities, by capability and outcome.",
    unit: RequestsPerSecond,
    queries: [
      {
        expr: by(["capability", "outcome"], rate(`${dependencies}_count`, CHOSEN)),
        legend: "{{capability}} {{outcome}}",
      },
    ],
    absentWhen: "no-dependencies",
    stacked: true,
  },
  {
    kind: "graph",
    title: "Time of dependencies",
    description: "95 of 100 calls of another agent's capability take no longer.",
    unit: Seconds,
    queries: [
      { expr: quantile(0.95, dependencies, ["capability"], CHOSEN), legend: "{{capability}}" },
    ],
    absentWhen: "no-dependencies",
  },
  {
    kind: "graph",
    title: "Heartbeats",
    description: "Exchanges with the registry by outcome. Failed ones leave the wiring as it was.",
    unit: CountsPerSecond,
    queries: [
      { expr: by(["outcome"], rate("mcp_mesh_heartbeats_total", CHOSEN)), legend: "{{outcome}}" },
    ],
    stacked: true,
  },
];

const processes: PanelSpec[] = [
  {
    kind: "states",
    title: "Registered",
    description: "Whether the pod's last exchange with the registry went well.",
    unit: NoUnit,
    queries: [
      { expr: by(["pod"], series("mcp_mesh_registered", CHOSEN), "min"), legend: "{{pod}}" },
    ],
  },
  ...processPanels("service", 'job="agent"', CHOSEN),
];

export const agents: DashboardSpec = {
  uid: "mcp-mesh-agents",
  title: "MCP Mesh: agents",
  description: "What agents are asked, what they offer and need, and how they are.",
  ofAgents: true,
  rows: [
    { title: "Requests", panels: calls },
    { title: "Tools", panels: offered },
    { title: "Protocol and sessions", panels: protocol },
    { title: "Dependencies and the registry", panels: wiring },
    { title: "Processes", panels: processes },
  ],
};
