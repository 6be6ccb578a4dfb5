import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { loadRegions } from "#regions/config";
import { plotCourse } from "#regions/course";
import { PublicName } from "#regions/public-name";

const { host, namespace, ttlSeconds, context, writer, regions } = loadRegions();
const course = pulumi.output(plotCourse(writer, regions));

// An empty kubeconfig means the one of whoever runs this; its path would differ between machines.
const cluster = new k8s.Provider("cluster", { kubeconfig: "", context });
new PublicName(
  "mcp-mesh",
  { namespace, host, ttlSeconds, address: course.address },
  { providers: { kubernetes: cluster } },
);

export { course, host };
