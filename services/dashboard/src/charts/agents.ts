import { type ChartLine, type ChartQueries, level, MOST, quantiles, rate } from "./chart.ts";

const CALLS = "mcp_mesh_tool_call_duration_seconds";
const failed = (name: string, outcome: string): ChartLine => ({
  name,
  expr: `(sum(rate(${CALLS}_count{namespace="NAMESPACE",outcome="${outcome}"}[WINDOW])) or vector(0)) / sum(rate(${CALLS}_count{namespace="NAMESPACE"}[WINDOW]))`,
});

/** What agents do. */
export const agents: ChartQueries[] = [
  {
    id: "calls",
    group: "agents",
    title: "Tool calls",
    description: `Calls of tools a second, of the ${MOST} busiest agents.`,
    unit: "perSecond",
    lines: rate(`${CALLS}_count`),
  },
  {
    id: "failures",
    group: "agents",
    title: "Failed tool calls",
    description: "The part of all calls that ended with an error of the tool, or with no answer.",
    unit: "ratio",
    lines: [failed("error of the tool", "tool_error"), failed("no answer", "failed")],
  },
  {
    id: "durations",
    group: "agents",
    title: "Duration of tool calls",
    description: "Half of all calls, 95 % and 99 % of them took no longer.",
    unit: "seconds",
    lines: quantiles(CALLS),
  },
  {
    id: "sessions",
    group: "agents",
    title: "Open sessions",
    description: `Sessions that clients hold, of the ${MOST} agents with most of them.`,
    unit: "count",
    lines: level("mcp_mesh_sessions"),
  },
  {
    id: "in-flight",
    group: "agents",
    title: "Requests in flight",
    description: `Requests being answered, of the ${MOST} busiest agents.`,
    unit: "count",
    lines: level("mcp_mesh_requests_in_flight"),
  },
  {
    id: "revisions",
    group: "agents",
    title: "Messages by protocol revision",
    description: "MCP messages a second, by the revision of the protocol that clients speak.",
    unit: "perSecond",
    lines: [
      {
        by: "era",
        expr: 'sum by (era) (rate(mcp_mesh_messages_total{namespace="NAMESPACE"}[WINDOW]))',
      },
    ],
  },
];
