import { z } from "zod";
import { networkPart, ownImage, resourcesOf, workloadPart } from "#config/charts/common";
import { envBeside } from "#config/charts/kubernetes-words";
import { dashboardAuth } from "#config/charts/login";
import { logLevel } from "#config/charts/registry";

const OWN_VARIABLES = [
  ...["HOST", "PORT", "LOG_LEVEL", "MCP_MESH_REGISTRY_URL", "PROMETHEUS_URL", "NAMESPACE"],
  ...["PUBLIC_URL", "PROXIES", "LINK_GRAFANA", "LINK_LOGS", "LINK_TRACES", "OPEN_BECAUSE"],
  ...["KEYS_FILE", "HOURS", "IDLE_MINUTES"].map((key) => `SESSION_${key}`),
  ...["USER", "PASSWORD_FILE"].map((key) => `LOCAL_${key}`),
  ...[
    ...["ISSUER", "CLIENT_ID", "CLIENT_SECRET_FILE", "LABEL", "SCOPES", "GROUPS_CLAIM"],
    ...["ALLOWED_GROUPS", "ALLOWED_EMAILS", "ALLOWED_DOMAINS", "ANYBODY_BECAUSE"],
  ].map((key) => `OIDC_${key}`),
];

/** With placeholders in it, so not a URL yet. */
const linkTemplate = z.string().regex(/^https?:\/\/[^\s"'<>]+$/);
const webAddress = z
  .string()
  .regex(/^https?:\/\/[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:[0-9]{1,5})?(\/[\w.~/-]*)?$/, {
    error: "write an address such as https://mesh.example or http://prometheus.monitoring.svc:9090",
  });

/** What a stack may set as the chart has it. */
export const dashboardParts = {
  auth: dashboardAuth,
  publicUrl: webAddress
    .optional()
    .describe("Where browsers find the page; absent: on HTTPS at the route's or ingress' host."),
  proxies: z
    .int()
    .min(0)
    .max(5)
    .optional()
    .describe(
      "Proxies before it that add to X-Forwarded-For; absent: 1 with a route or an ingress.",
    ),
  links: z
    .strictObject({
      grafana: linkTemplate.optional(),
      logs: linkTemplate.optional(),
      traces: linkTemplate.optional(),
    })
    .prefault({})
    .describe("Addresses that the page links to, with {namespace} and {service} in them."),
};

export const dashboard = z.strictObject({
  ...workloadPart,
  env: envBeside(...OWN_VARIABLES),
  image: ownImage("dashboard", "0.1.0"),
  replicas: workloadPart.replicas.default(2),
  logLevel,
  registryUrl: z
    .url()
    .default("http://registry:8000")
    .describe("What it shows; network.egress has to lead there."),
  prometheus: z
    .strictObject({
      url: webAddress
        .optional()
        .describe(
          "Absent: neither figures nor alerts. network.egress has to lead there, unless it is the operator's of global.prometheus.",
        ),
    })
    .prefault({}),
  ...dashboardParts,
  resources: resourcesOf(["20m", "96Mi", "16Mi"], ["300m", "192Mi", "64Mi"]),
  network: networkPart.prefault({
    egress: [{ to: "registry", port: 8000 }],
  }),
});
export type DashboardValues = z.output<typeof dashboard>;
