/** What an autoscaler can go by besides CPU. */
export interface Signal {
  /** What each pod is measured by, in words for people. */
  means: string;
  /** Its name in the custom metrics API. */
  metric: string;
  /** What it is made of. */
  series: string;
  /** The query over that series, under these matchers, which gives a value for each pod. */
  query: (selector: string) => string;
}

/** By the chart whose pods have it. The series are of the catalogue; a test holds them to it. */
export const signals = {
  agent: {
    means: "calls in flight, averaged over a minute",
    metric: "mcp_mesh_requests_in_flight",
    series: "mcp_mesh_requests_in_flight",
    // A scrape sees one moment: alone, it would have the replicas follow every flicker.
    query: (selector) => `avg_over_time(mcp_mesh_requests_in_flight{${selector}}[1m])`,
  },
  registry: {
    means: "requests a second",
    metric: "mcp_mesh_registry_requests_per_second",
    series: "mcp_mesh_registry_request_duration_seconds_count",
    query: (selector) => `rate(mcp_mesh_registry_request_duration_seconds_count{${selector}}[2m])`,
  },
} satisfies Record<string, Signal>;
