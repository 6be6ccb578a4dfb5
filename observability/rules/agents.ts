import { type Area, oneLine, unlessStandby, WORKLOAD } from "#observability/rules/model";

const status = (value: string) =>
  `max by (${WORKLOAD}) (mcp_mesh_registry_agents{status="${value}"})`;
const calls = (matchers = "") =>
  `sum by (${WORKLOAD}, tool) (increase(mcp_mesh_tool_call_duration_seconds_count${matchers}[30m]))`;

export const agents: Area = {
  name: "agents",
  title: "Agents",
  groups: [
    {
      name: "agents",
      rules: [
        {
          alert: "NoHealthyAgents",
          expr: `${status("healthy")} == 0 and ${status("unhealthy")} > 0`,
          for: "1m",
          severity: "critical",
          summary: "All agents that {{ $labels.service }} knows have stopped their heartbeats",
          description:
            "{{ $labels.service }} knows agents, and has heard from none of them within its time. Unless they really all stopped, something keeps them from the registry.",
          dashboard: "overview",
        },
        {
          alert: "AgentsLost",
          expr: `sum by (${WORKLOAD}) (increase(mcp_mesh_registry_agents_lost_total[10m])) > 0`,
          severity: "warning",
          summary: "{{ $labels.service }} has lost agents",
          description:
            "In the last ten minutes agents stopped their heartbeats without taking their leave: they crashed, hang, or cannot reach the registry.",
          dashboard: "overview",
        },
        {
          alert: "AgentNotRegistered",
          expr: unlessStandby(`min by (${WORKLOAD}, pod) (mcp_mesh_registered) == 0`),
          for: "2m",
          severity: "warning",
          summary: "Pod {{ $labels.pod }} of {{ $labels.service }} is not registered",
          description:
            "The runtime in pod {{ $labels.pod }} has had no successful exchange with the registry for two minutes; others do not learn of it.",
          dashboard: "agents",
        },
        {
          alert: "DependencyMissing",
          expr: unlessStandby(
            `min by (${WORKLOAD}, capability) (mcp_mesh_dependency_available) == 0`,
          ),
          for: "5m",
          severity: "warning",
          summary: "{{ $labels.service }} finds nobody for the capability {{ $labels.capability }}",
          description:
            "For five minutes the registry has had no healthy agent to offer {{ $labels.service }} for {{ $labels.capability }}; calls that need it fail.",
          dashboard: "agents",
        },
        {
          alert: "ToolErrors",
          // A tool that few call may fail now and then; five errors are a pattern.
          expr: oneLine(`
            ${calls('{outcome="tool_error"}')} / ${calls()} > 0.25
            and ${calls('{outcome="tool_error"}')} >= 5
          `),
          for: "10m",
          severity: "warning",
          summary:
            "The tool {{ $labels.tool }} of {{ $labels.service }} answers {{ $value | humanizePercentage }} of its calls with an error",
          description:
            "For half an hour the tool {{ $labels.tool }} has often said that it could not do its work. The agent itself runs; what the tool needs may not, or its callers ask for what it does not have.",
          dashboard: "agents",
        },
      ],
    },
  ],
};
