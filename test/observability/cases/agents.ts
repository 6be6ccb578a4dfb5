import { type AlertCase, critical, series, target, warning } from "#test/observability/cases/case";

const registry = { job: "registry", service: "registry" };
const greeter = { job: "agent", service: "greeter" };
const agents = (status: string) =>
  series("mcp_mesh_registry_agents", { ...target("registry"), status });
const lost = series("mcp_mesh_registry_agents_lost_total", target("registry"));
const registered = series("mcp_mesh_registered", target("agent", "greeter", "greeter-1"));
const readOnly = (value: string) => ({
  [series("mcp_mesh_registry_read_only", target("registry"))]: value,
});
const available = (pod: string) =>
  series("mcp_mesh_dependency_available", {
    ...target("agent", "greeter", pod),
    capability: "echo",
  });
const calls = (outcome: string) =>
  series("mcp_mesh_tool_call_duration_seconds_count", {
    ...target("agent", "greeter"),
    tool: "greet",
    outcome,
  });

export const agentCases: AlertCase[] = [
  {
    alert: "NoHealthyAgents",
    fires: {
      when: "all that send heartbeats have stopped",
      series: { [agents("healthy")]: "2 0x20", [agents("unhealthy")]: "0 2x20" },
      at: "2m",
      labels: { ...critical, ...registry },
    },
    silent: [
      {
        when: "nobody sends heartbeats in a mesh of unmodified servers",
        series: { [agents("healthy")]: "0x20", [agents("unhealthy")]: "0x20" },
        at: "4m",
      },
    ],
  },
  {
    alert: "AgentsLost",
    fires: {
      when: "an agent stopped without taking its leave",
      series: { [lost]: "0x10 1x10" },
      at: "4m",
      labels: { ...warning, ...registry },
    },
    silent: [{ when: "that was long ago", series: { [lost]: "7x60" }, at: "12m" }],
  },
  {
    alert: "AgentNotRegistered",
    fires: {
      when: "the registry refuses its heartbeats",
      series: { [registered]: "1 0x20", ...readOnly("0x20") },
      at: "3m",
      labels: { ...warning, ...greeter, pod: "greeter-1" },
    },
    silent: [
      {
        when: "it starts, and registers within a minute",
        series: { [registered]: "0x4 1x20" },
        at: "3m",
      },
      {
        when: "the region stands by",
        series: { [registered]: "0x20", ...readOnly("1x20") },
        at: "4m",
      },
    ],
  },
  {
    alert: "DependencyMissing",
    fires: {
      when: "nobody offers a capability",
      series: { [available("a")]: "0x40" },
      at: "6m",
      labels: { ...warning, ...greeter, capability: "echo" },
    },
    silent: [
      {
        when: "its provider restarts",
        series: { [available("a")]: "0x10 1x40" },
        at: "6m",
      },
      {
        when: "the region stands by",
        series: { [available("a")]: "0x40", ...readOnly("1x40") },
        at: "8m",
      },
    ],
  },
  {
    alert: "ToolErrors",
    fires: {
      when: "half of the calls end with an error of the tool",
      series: { [calls("ok")]: "0+1x80", [calls("tool_error")]: "0+1x80" },
      at: "15m",
      labels: { ...warning, ...greeter, tool: "greet" },
      value: "50%",
    },
    silent: [
      {
        when: "there were four errors, and nothing else",
        series: { [calls("tool_error")]: "0 1 2 3 4x80" },
        at: "15m",
      },
      {
        when: "one call in five ends with one",
        series: { [calls("ok")]: "0+8x80", [calls("tool_error")]: "0+2x80" },
        at: "15m",
      },
    ],
  },
];
