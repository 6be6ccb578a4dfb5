import { z } from "zod";
import { networkPart, ownImage, resourcesOf, workloadPart } from "#config/charts/common";
import { envBeside } from "#config/charts/kubernetes-words";
import { logLevel } from "#config/charts/registry";

export const dashboard = z.strictObject({
  ...workloadPart,
  env: envBeside("HOST", "PORT", "LOG_LEVEL", "MCP_MESH_REGISTRY_URL"),
  image: ownImage("dashboard", "0.1.0"),
  replicas: workloadPart.replicas.default(2),
  logLevel,
  registryUrl: z
    .url()
    .default("http://registry:8000")
    .describe("What it shows; network.egress has to lead there."),
  resources: resourcesOf(["20m", "96Mi", "16Mi"], ["300m", "192Mi", "64Mi"]),
  network: networkPart.prefault({
    egress: [{ to: "registry", port: 8000 }],
  }),
});
export type DashboardValues = z.output<typeof dashboard>;
