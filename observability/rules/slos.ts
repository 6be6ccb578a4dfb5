import { type DashboardName, unlessStandby } from "#observability/rules/model";

/** A promise about events, of which a part may fail. */
export interface Slo {
  /** The value of the label `slo`. */
  name: string;
  /** The name of its alerts, of a fast and of a slow burn. */
  alert: string;
  title: string;
  /** Which part of the events is to go well, such as 0.999. */
  objective: number;
  /** Events each second, within five minutes, by workload. */
  events: string;
  failures: string;
  /** What a failure is, in the plural, as in "2 % of … ". */
  failed: string;
  /** Whether a fast burn gets somebody out of bed. */
  urgent: boolean;
  dashboard: DashboardName;
}

const perWorkload = (selector: string) =>
  `sum by (namespace, job, service) (rate(${selector}[5m]))`;

// Probes and scrapes would hide what users see: they are many, and always fast.
const ASKED = 'route!~"/live|/ready|/writable|/metrics"';
const registry = "mcp_mesh_registry_request_duration_seconds";
const dashboard = "mcp_mesh_dashboard_request_duration_seconds";
const tools = "mcp_mesh_tool_call_duration_seconds";
const dependencies = "mcp_mesh_dependency_call_duration_seconds";

/** Slower than this, an agent's start and its wiring begin to be felt. */
export const REGISTRY_SECONDS = 0.25;

/** What the mesh promises over 30 days. */
export const slos: readonly Slo[] = [
  {
    name: "registry-availability",
    alert: "RegistryAvailabilityBurn",
    title: "The registry answers",
    objective: 0.999,
    events: unlessStandby(perWorkload(`${registry}_count{${ASKED}}`)),
    failures: unlessStandby(perWorkload(`${registry}_count{${ASKED}, status=~"5.."}`)),
    failed: "requests to {{ $labels.service }} end with a server error",
    urgent: true,
    dashboard: "registry",
  },
  {
    name: "registry-latency",
    alert: "RegistryLatencyBurn",
    title: `The registry answers within ${REGISTRY_SECONDS} s`,
    objective: 0.99,
    events: perWorkload(`${registry}_count{${ASKED}}`),
    failures: `${perWorkload(`${registry}_count{${ASKED}}`)} - ${perWorkload(
      `${registry}_bucket{${ASKED}, le="${REGISTRY_SECONDS}"}`,
    )}`,
    failed: `requests to {{ $labels.service }} take longer than ${REGISTRY_SECONDS} s`,
    urgent: false,
    dashboard: "registry",
  },
  {
    name: "agent-calls",
    alert: "AgentCallsBurn",
    title: "Calls of an agent's tools do not break",
    objective: 0.995,
    events: perWorkload(`${tools}_count`),
    failures: perWorkload(`${tools}_count{outcome="failed"}`),
    failed: "calls of the tools of {{ $labels.service }} break",
    urgent: true,
    dashboard: "agents",
  },
  {
    name: "dependency-calls",
    alert: "DependencyCallsBurn",
    title: "Calls from agent to agent get through",
    objective: 0.995,
    events: perWorkload(`${dependencies}_count`),
    failures: perWorkload(`${dependencies}_count{outcome="failed"}`),
    failed: "calls that {{ $labels.service }} makes to other agents break",
    urgent: false,
    dashboard: "agents",
  },
  {
    name: "dashboard",
    alert: "DashboardBurn",
    title: "The page answers",
    objective: 0.995,
    events: perWorkload(`${dashboard}_count{${ASKED}}`),
    failures: perWorkload(`${dashboard}_count{${ASKED}, status=~"5.."}`),
    failed: "requests to {{ $labels.service }} end with a server error",
    urgent: false,
    dashboard: "overview",
  },
];
