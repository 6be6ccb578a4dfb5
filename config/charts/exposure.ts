import { z } from "zod";
import { annotations, objectName } from "#config/charts/kubernetes-words";

/** How a workload is called from outside the cluster. */

const host = z
  .string()
  .max(253)
  .regex(/^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);

const parentRef = z.strictObject({
  name: objectName,
  namespace: objectName.optional().describe("Where the Gateway is; else the release's namespace."),
  sectionName: objectName.optional().describe("One listener of it; else all that fit."),
});

/** A route of the Gateway API, which every new installation should prefer to an Ingress. */
export const route = z
  .strictObject({
    parentRefs: z.array(parentRef).min(1).max(32).describe("The Gateways that it hangs on."),
    hostnames: z.array(host).min(1).max(16).describe("The hosts that lead to this workload."),
  })
  .describe(
    "Makes an HTTPRoute without a time limit; name the gateway's pods in network.gateways, too.",
  );
export type RoutePart = z.output<typeof route>;

/** Whose annotations an Ingress speaks. */
export const controllers = [
  "nginx",
  "ingress-nginx",
  "haproxy",
  "haproxy-ingress",
  "traefik",
  "contour",
  "alb",
  "other",
] as const;

/** An Ingress, with what the controller has to be told so that streams get through. */
export const ingress = z
  .strictObject({
    className: objectName.describe("The IngressClass."),
    controller: z
      .enum(controllers)
      .describe(
        "Whose annotations to write: F5's nginx, the retired ingress-nginx, HAProxy Technologies' haproxy, the community's haproxy-ingress, Traefik, Contour, AWS' load balancer (alb), or none (other).",
      ),
    host: host.describe("The host that leads to this workload."),
    tlsSecret: objectName.optional().describe("A Secret with the host's certificate."),
    annotations: annotations.describe(
      "More of them; they go before those that the controller would get.",
    ),
  })
  .describe(
    "Makes an Ingress that neither buffers nor cuts streams; name the controller's pods in network.gateways, too.",
  );
export type IngressPart = z.output<typeof ingress>;
