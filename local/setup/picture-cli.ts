/**
 * `npm run picture [-- FILE]` draws the deployed dev stack as an SVG; `npm run picture -- dashboard`
 * takes pictures of the dashboard over sample data, which need no cluster.
 */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { kubectlPath } from "#local/engine/helm";
import { kubeconfigEnvironment, projectRoot } from "#local/setup/environment";
import { type NetworkPolicy, picture } from "#local/setup/picture";

interface Listed<T> {
  items: T[];
}
interface Labelled {
  metadata: { name: string; labels?: Record<string, string> };
}
type Node = Labelled;
type Pod = Labelled & {
  spec: { nodeName?: string };
  status: { phase: string; conditions?: { type: string; status: string }[] };
};

if (process.argv[2] === "dashboard") {
  const folder = join(projectRoot, "docs");
  const { dashboardPictures } = await import("#local/setup/picture-dashboard");
  for (const name of await dashboardPictures(folder)) process.stdout.write(`Drew docs/${name}\n`);
  process.exit();
}

const namespace = process.env.MCP_MESH_NAMESPACE ?? "mcp-mesh";
const file = process.argv[2] ?? join(projectRoot, "docs", "deployed.svg");
const kubectl = await kubectlPath();

async function get<T>(...args: string[]): Promise<T[]> {
  const { stdout } = await promisify(execFile)(kubectl, ["get", ...args, "-o", "json"], {
    env: kubeconfigEnvironment(process.env),
    maxBuffer: 32 << 20,
  });
  return (JSON.parse(stdout) as Listed<T>).items;
}

const [nodes, pods, policies] = await Promise.all([
  get<Node>("nodes"),
  get<Pod>("pods", "-n", namespace),
  get<NetworkPolicy>("networkpolicies", "-n", namespace),
]);
writeFileSync(
  file,
  picture({
    namespace,
    nodes: nodes.map((node) => ({
      name: node.metadata.name,
      zone: node.metadata.labels?.["topology.kubernetes.io/zone"] ?? "?",
    })),
    pods: pods.map((pod) => ({
      name: pod.metadata.name,
      node: pod.spec.nodeName ?? "",
      // A finished job is as well as it will ever be.
      ready:
        pod.status.phase === "Succeeded" ||
        (pod.status.conditions ?? []).some((c) => c.type === "Ready" && c.status === "True"),
      labels: pod.metadata.labels ?? {},
    })),
    policies,
  }),
);
process.stdout.write(`Drew ${file}\n`);
