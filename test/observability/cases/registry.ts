import { type AlertCase, critical, series, target, warning } from "#test/observability/cases/case";

const pod = (name: string) => target("registry", "registry", name);
const up = (name: string) => series("up", pod(name));
const database = (name: string) => series("mcp_mesh_registry_database_up", pod(name));
const requests = (status: string, route = "/heartbeat") =>
  series("mcp_mesh_registry_request_duration_seconds_count", { ...pod("a"), route, status });
const waiting = series("mcp_mesh_registry_database_connections", {
  ...pod("a"),
  state: "waiting",
});
const readOnly = series("mcp_mesh_registry_read_only", pod("a"));
const registry = { job: "registry", service: "registry" };

export const registryCases: AlertCase[] = [
  {
    alert: "RegistryDown",
    fires: {
      when: "both replicas are down",
      series: { [up("a")]: "0x20", [up("b")]: "0x20" },
      at: "2m",
      labels: { ...critical, ...registry },
    },
    silent: [
      {
        when: "one replica is enough",
        series: { [up("a")]: "0x20", [up("b")]: "1x20" },
        at: "4m",
      },
    ],
  },
  {
    alert: "RegistryDown",
    fires: {
      when: "all pods are gone, and with them what Kubernetes knows of them",
      series: {},
      at: "1m",
      labels: { ...critical, job: "registry" },
    },
    silent: [
      { when: "they have been gone for less than a minute", series: {}, at: "45s" },
      {
        when: "another namespace's registry is down",
        series: { 'up{namespace="m", job="registry"}': "0x20", [up("a")]: "1x20" },
        at: "3m",
      },
    ],
  },
  {
    alert: "RegistryDatabaseDown",
    fires: {
      when: "no replica reaches Postgres",
      series: { [database("a")]: "1 0x20" },
      at: "2m",
      labels: { ...critical, ...registry },
    },
    silent: [
      {
        when: "another replica reaches it",
        series: { [database("a")]: "0x20", [database("b")]: "1x20" },
        at: "4m",
      },
    ],
  },
  {
    alert: "RegistryErrors",
    fires: {
      when: "one request in ten fails",
      series: {
        [requests("200")]: "0+90x60",
        [requests("503")]: "0+10x60",
        [readOnly]: "0x60",
      },
      at: "12m",
      labels: { ...warning, ...registry },
      value: "10%",
    },
    silent: [
      {
        when: "all fail, but there is less than one in ten seconds",
        series: { [requests("500")]: "0+1x60" },
        at: "12m",
      },
      {
        when: "it stands by, and says on /writable that it is not",
        series: { [requests("200")]: "0+90x60", [requests("503", "/writable")]: "0+30x60" },
        at: "12m",
      },
      {
        when: "it stands by, and refuses registrations",
        series: { [requests("503")]: "0+90x60", [readOnly]: "1x60" },
        at: "12m",
      },
    ],
  },
  {
    alert: "RegistryConnectionsWaiting",
    fires: {
      when: "requests queue for five minutes",
      series: { [waiting]: "3x60" },
      at: "8m",
      labels: { ...warning, ...registry },
    },
    silent: [
      {
        when: "they queue for a moment now and then",
        series: { [waiting]: "0 4 0 0 7 0x4 2 0x60" },
        at: "8m",
      },
    ],
  },
];
