import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { loadRegions } from "#regions/config";
import { plotCourse } from "#regions/course";
import { PublicName } from "#regions/public-name";

const { host, namespace, ttlSeconds, context, writer, regions } = loadRegions();
const plotted = pulumi.output(plotCourse(writer, regions));

// An empty kubeconfig means the one of whoever runs this; its path would differ between machines.
const cluster = new k8s.Provider("cluster", { kubeconfig: "", context });
const name = new PublicName(
  "mcp-mesh",
  { namespace, host, ttlSeconds, address: plotted.address },
  { providers: { kubernetes: cluster } },
);

/** Others act on it, so it is known only once the name leads there. */
export const course = pulumi.all([plotted, name.leadsTo]).apply(([course]) => course);
export { host };
