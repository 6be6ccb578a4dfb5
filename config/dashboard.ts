import type { DashboardValues } from "#config/charts/dashboard";
import type { DashboardAuth } from "#config/charts/login";
import { prometheusUrl } from "#config/monitoring";
import type { StackSettings } from "#config/schema";

type Settings = NonNullable<StackSettings["dashboard"]>;
/** What the plan knows as it does for every workload. */
type Usual = Omit<
  DashboardValues,
  "prometheus" | "links" | "auth" | "replicas" | "env" | "logLevel" | "resources"
>;

/** What the dashboard's chart takes; undefined in a stack without one. */
export function dashboardOf(
  settings: StackSettings,
  usual: (part: Settings) => Usual,
): DashboardValues | undefined {
  if (!settings.dashboard) return undefined;
  const { outside, links, ...own } = settings.dashboard;
  const { network, ...common } = usual(settings.dashboard);
  const url = prometheusUrl(settings);
  const { monitoring } = settings;
  const grafana = monitoring.mode === "off" ? undefined : monitoring.links.grafana;
  return {
    ...own,
    ...common,
    prometheus: url ? { url } : {},
    links: { ...(grafana ? { grafana } : {}), ...links },
    network: { ...network, outside },
  };
}

/** The local user, and the Secret with the password; undefined where nobody logs in by one. */
export function loginOf({ local }: DashboardAuth): { user: string; secret: string } | undefined {
  return local.enabled ? { user: local.username, secret: local.existingSecret } : undefined;
}

/** What kubectl takes to show a person the password. */
export const showPassword = (secret: string): string =>
  `get secret ${secret} --template '{{.data.password | base64decode}}{{"\\n"}}'`;

/** What would keep everybody from logging in; paths begin below the stack's key. */
export function dashboardProblems(settings: Settings): { path: string[]; message: string }[] {
  const { auth, outside, publicUrl, route, ingress } = settings;
  if (!auth.oidc) return [];
  return [
    ...(outside.length === 0
      ? [
          {
            path: ["outside"],
            message:
              "auth.oidc.issuer could not be reached: name its addresses and port, or those of the proxy to it",
          },
        ]
      : []),
    ...(publicUrl || route || ingress
      ? []
      : [
          {
            path: ["publicUrl"],
            message:
              "auth.oidc sends people back to the page: set where browsers find it, or a route or an ingress",
          },
        ]),
  ];
}
