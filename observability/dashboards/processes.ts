import { BytesIEC, NoUnit, Seconds } from "@grafana/grafana-foundation-sdk/units";
import { by, rate, series } from "#observability/dashboards/expressions";
import type { PanelSpec } from "#observability/dashboards/panels";

/** How the Node.js processes of a job are, by a label of theirs. */
export const processPanels = (label: "pod" | "service", ...matchers: string[]): PanelSpec[] => [
  {
    kind: "graph",
    title: "CPU",
    description: "CPU time that the processes use; 1 is a core.",
    unit: NoUnit,
    queries: [
      { expr: by([label], rate("process_cpu_seconds_total", ...matchers)), legend: `{{${label}}}` },
    ],
  },
  {
    kind: "graph",
    title: "Memory",
    description: "Memory that the processes use.",
    unit: BytesIEC,
    queries: [
      {
        expr: by([label], series("process_resident_memory_bytes", ...matchers)),
        legend: `{{${label}}}`,
      },
    ],
  },
  {
    kind: "graph",
    title: "Event loop delay",
    description:
      "99 of 100 turns of the event loop wait no longer, in the worst process: one with too much to do waits more.",
    unit: Seconds,
    queries: [
      {
        expr: by([label], series("nodejs_eventloop_lag_p99_seconds", ...matchers), "max"),
        legend: `{{${label}}}`,
      },
    ],
    thresholds: { warning: 0.1, critical: 0.5 },
  },
];
