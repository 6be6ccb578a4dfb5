import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { agents } from "#observability/dashboards/agents";
import { capacity } from "#observability/dashboards/capacity";
import { buildDashboard, type DashboardSpec } from "#observability/dashboards/dashboard";
import { overview } from "#observability/dashboards/overview";
import { postgres } from "#observability/dashboards/postgres";
import { registry } from "#observability/dashboards/registry";

/** The dashboards of the mesh, by the names of their files. */
export const dashboards: Record<string, DashboardSpec> = {
  overview,
  registry,
  agents,
  postgres,
  capacity,
};

/** The dashboards as Grafana reads them, by the names of their files. */
export const grafanaDashboards = (): Record<string, Dashboard> =>
  Object.fromEntries(
    Object.entries(dashboards).map(([name, spec]) => [name, buildDashboard(spec)]),
  );

/** The files of the dashboards, by path from the project's root. */
export const dashboardFiles = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(grafanaDashboards()).map(([name, dashboard]) => [
      `charts/observability/dashboards/${name}.json`,
      `${JSON.stringify(dashboard, null, 2)}\n`,
    ]),
  );
