/** For every alert, series under which it fires, and series that come close without it. */
export interface AlertCase {
  alert: string;
  fires: {
    /** In promtool's notation, 15 s apart. */
    series: Record<string, string>;
    at: string;
    labels: Record<string, string>;
    /** What `$value | humanizePercentage` gives. */
    percentage?: string;
  };
  silent: { series: Record<string, string>; at: string };
}

const registry = 'namespace="n", job="registry", service="registry"';
const agent = 'namespace="n", job="agent", service="greeter"';
const requests = (status: string) =>
  `mcp_mesh_registry_request_duration_seconds_count{${registry}, pod="a", status="${status}"}`;
const agents = (status: string, pod: string) =>
  `mcp_mesh_registry_agents{${registry}, pod="${pod}", status="${status}"}`;
const labels = { namespace: "n", job: "registry", service: "registry" };

export const alertCases: AlertCase[] = [
  {
    alert: "RegistryDown",
    fires: {
      series: {
        [`up{${registry}, pod="a"}`]: "0x20",
        [`up{${registry}, pod="b"}`]: "0x20",
      },
      at: "2m",
      labels: { ...labels, severity: "critical" },
    },
    // One replica is enough.
    silent: {
      series: { [`up{${registry}, pod="a"}`]: "0x20", [`up{${registry}, pod="b"}`]: "1x20" },
      at: "4m",
    },
  },
  {
    alert: "RegistryDown",
    // All pods are gone, and with them what Kubernetes knows of them.
    fires: { series: {}, at: "1m", labels: { job: "registry", severity: "critical" } },
    silent: { series: {}, at: "45s" },
  },
  {
    alert: "RegistryDatabaseDown",
    fires: {
      series: { [`mcp_mesh_registry_database_up{${registry}, pod="a"}`]: "1 0x20" },
      at: "2m",
      labels: { ...labels, severity: "critical" },
    },
    silent: {
      series: {
        [`mcp_mesh_registry_database_up{${registry}, pod="a"}`]: "0x20",
        [`mcp_mesh_registry_database_up{${registry}, pod="b"}`]: "1x20",
      },
      at: "4m",
    },
  },
  {
    alert: "RegistryErrors",
    fires: {
      series: { [requests("200")]: "0+90x60", [requests("503")]: "0+10x60" },
      at: "12m",
      labels: { ...labels, severity: "warning" },
      percentage: "10%",
    },
    // All fail, but there is less than one in ten seconds.
    silent: { series: { [requests("500")]: "0+1x60" }, at: "12m" },
  },
  {
    alert: "NoHealthyAgents",
    fires: {
      series: { [agents("healthy", "a")]: "2 0x20", [agents("unhealthy", "a")]: "0 2x20" },
      at: "2m",
      labels: { ...labels, severity: "critical" },
    },
    // A mesh of unmodified servers alone: nobody sends heartbeats.
    silent: {
      series: { [agents("healthy", "a")]: "0x20", [agents("unhealthy", "a")]: "0x20" },
      at: "4m",
    },
  },
  {
    alert: "AgentsLost",
    fires: {
      series: { [`mcp_mesh_registry_agents_lost_total{${registry}, pod="a"}`]: "0x10 1x10" },
      at: "4m",
      labels: { ...labels, severity: "warning" },
    },
    silent: {
      series: { [`mcp_mesh_registry_agents_lost_total{${registry}, pod="a"}`]: "7x60" },
      at: "12m",
    },
  },
  {
    alert: "AgentNotRegistered",
    fires: {
      series: { [`mcp_mesh_registered{${agent}, pod="greeter-1"}`]: "1 0x20" },
      at: "3m",
      labels: {
        namespace: "n",
        job: "agent",
        service: "greeter",
        pod: "greeter-1",
        severity: "warning",
      },
    },
    // It starts, and registers within a minute.
    silent: {
      series: { [`mcp_mesh_registered{${agent}, pod="greeter-1"}`]: "0x4 1x20" },
      at: "3m",
    },
  },
  {
    alert: "DependencyMissing",
    fires: {
      series: { [`mcp_mesh_dependency_available{${agent}, pod="a", capability="echo"}`]: "0x40" },
      at: "6m",
      labels: {
        namespace: "n",
        job: "agent",
        service: "greeter",
        capability: "echo",
        severity: "warning",
      },
    },
    silent: {
      series: {
        [`mcp_mesh_dependency_available{${agent}, pod="a", capability="echo"}`]: "0x10 1x40",
      },
      at: "6m",
    },
  },
  {
    alert: "TargetDown",
    fires: {
      series: { [`up{${agent}, pod="a", instance="10.0.0.1:8081"}`]: "0x20" },
      at: "4m",
      labels: {
        namespace: "n",
        job: "agent",
        service: "greeter",
        pod: "a",
        instance: "10.0.0.1:8081",
        severity: "warning",
      },
    },
    // Down for as long as a pod takes to end.
    silent: {
      series: { [`up{${agent}, pod="a", instance="10.0.0.1:8081"}`]: "0x8 stale" },
      at: "5m",
    },
  },
  {
    alert: "RulesFail",
    fires: {
      series: { 'prometheus_rule_evaluation_failures_total{rule_group="mesh"}': "0+1x60" },
      at: "12m",
      labels: { rule_group: "mesh", severity: "warning" },
    },
    silent: {
      series: { 'prometheus_rule_evaluation_failures_total{rule_group="mesh"}': "3x60" },
      at: "12m",
    },
  },
  {
    alert: "MetricsStorageFails",
    fires: {
      series: { 'prometheus_tsdb_wal_writes_failed_total{job="prometheus"}': "0x10 2x10" },
      at: "5m",
      labels: { job: "prometheus", severity: "critical" },
    },
    silent: {
      series: {
        'prometheus_tsdb_wal_writes_failed_total{job="prometheus"}': "2x60",
        'prometheus_tsdb_compactions_failed_total{job="prometheus"}': "0x60",
      },
      at: "10m",
    },
  },
  {
    alert: "AlertsNotSent",
    fires: {
      series: { 'prometheus_notifications_dropped_total{job="prometheus"}': "0+1x40" },
      at: "8m",
      labels: { job: "prometheus", severity: "critical" },
    },
    silent: {
      series: { 'prometheus_notifications_dropped_total{job="prometheus"}': "9x40" },
      at: "8m",
    },
  },
  {
    alert: "NotificationsFail",
    fires: {
      series: {
        'alertmanager_notifications_failed_total{integration="slack", job="alertmanager"}':
          "0+1x60",
      },
      at: "12m",
      labels: { integration: "slack", job: "alertmanager", severity: "critical" },
    },
    silent: {
      series: {
        'alertmanager_notifications_failed_total{integration="slack", job="alertmanager"}': "1x60",
      },
      at: "12m",
    },
  },
];
