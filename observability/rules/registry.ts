import { type Area, oneLine, unlessStandby, WORKLOAD } from "#observability/rules/model";

const requests = "mcp_mesh_registry_request_duration_seconds_count";
// A registry that stands by says on /writable that it is not; that is no failure.
const ASKED = 'route!="/writable"';

export const registry: Area = {
  name: "registry",
  title: "The registry",
  groups: [
    {
      name: "registry",
      rules: [
        {
          alert: "RegistryDown",
          expr: `max by (${WORKLOAD}) (up{job="registry"}) == 0 or absent(up{job="registry"})`,
          for: "1m",
          keepFiringFor: "1m",
          severity: "critical",
          labels: { job: "registry" },
          summary: "No replica of the registry answers",
          description:
            "Prometheus has reached no replica of the registry for a minute. Agents keep the wiring that they have; none can join, and none learns that another has gone.",
          dashboard: "registry",
        },
        {
          alert: "RegistryDatabaseDown",
          expr: `max by (${WORKLOAD}) (mcp_mesh_registry_database_up) == 0`,
          for: "1m",
          severity: "critical",
          summary: "No replica of {{ $labels.service }} reaches its database",
          description:
            "Postgres has answered no replica of {{ $labels.service }} for a minute. Agents keep the wiring that they have; heartbeats are refused.",
          dashboard: "postgres",
        },
        {
          alert: "RegistryErrors",
          // Below one request in ten seconds a single failure would count for too much.
          expr: unlessStandby(
            oneLine(`
              sum by (${WORKLOAD}) (rate(${requests}{${ASKED}, status=~"5.."}[5m]))
              / sum by (${WORKLOAD}) (rate(${requests}{${ASKED}}[5m])) > 0.05
              and sum by (${WORKLOAD}) (rate(${requests}{${ASKED}}[5m])) > 0.1
            `),
          ),
          for: "5m",
          severity: "warning",
          summary: "{{ $labels.service }} fails {{ $value | humanizePercentage }} of its requests",
          description:
            "Over the last five minutes {{ $value | humanizePercentage }} of the requests to {{ $labels.service }} ended with a server error.",
          dashboard: "registry",
        },
        {
          alert: "RegistryConnectionsWaiting",
          expr: `sum by (${WORKLOAD}) (mcp_mesh_registry_database_connections{state="waiting"}) > 0`,
          for: "5m",
          severity: "warning",
          summary: "Requests to {{ $labels.service }} queue for a connection to Postgres",
          description:
            "For five minutes more requests have needed the database than {{ $labels.service }} has connections for. Heartbeats come late; some may be refused.",
          dashboard: "registry",
        },
      ],
    },
  ],
};
