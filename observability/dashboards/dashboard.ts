import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { buildPanel, type PanelSpec } from "#observability/dashboards/panels";
import { datasource, variables } from "#observability/dashboards/variables";

/** A dashboard as its file says it. */
export interface DashboardSpec {
  /** Bookmarks and alerts name it: it never changes. */
  uid: string;
  title: string;
  description: string;
  /** Whether agents are chosen above it. */
  ofAgents?: boolean;
  rows: readonly { title: string; panels: readonly PanelSpec[] }[];
}

/** What all dashboards of the mesh have; the links between them go by it. */
const TAG = "mcp-mesh";

/** The dashboard as Grafana wants it. */
export function buildDashboard(spec: DashboardSpec): Dashboard {
  const dashboard = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([TAG])
    .readonly()
    .timezone("browser")
    .refresh("30s")
    .time({ from: "now-1h", to: "now" })
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(variables(spec.ofAgents ?? false))
    .annotations(annotations())
    .links([links()]);
  let id = 0;
  for (const { title, panels } of spec.rows) {
    dashboard.withRow(new RowBuilder(title).id(++id));
    for (const panel of panels) {
      const built = buildPanel(panel, ++id);
      dashboard.withPanel({ build: () => built });
    }
  }
  return dashboard.build();
}

/** What happened, as marks in every graph: alerts while they fire, versions when they come. */
const annotations = () => [
  annotation(
    "Alerts",
    "red",
    'ALERTS{namespace="$namespace", alertstate="firing", severity!="none"}',
  )
    .titleFormat("{{alertname}}")
    .tagKeys("severity,service"),
  annotation("Versions", "blue", newVersions)
    .titleFormat("{{service}} {{version}}")
    .tagKeys("service"),
];

const running = 'count by (service, version) (mcp_mesh_build_info{namespace="$namespace"})';

/** For five minutes, what had no pod five minutes ago. */
const newVersions = `${running} unless ${running.replace("}", "} offset 5m")}`;

const annotation = (name: string, color: string, expr: string) =>
  new AnnotationQueryBuilder()
    .name(name)
    .datasource(datasource)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .step("60s");

/** A menu of the others, which open with the same namespace and time. */
const links = () =>
  new DashboardLinkBuilder("MCP Mesh")
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true);
