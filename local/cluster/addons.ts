import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { imageTag, pushImages } from "#local/cluster/images";
import { authorityFile, pkiFile } from "#local/cluster/pki";
import { type ClusterSpec, dnsAddress, nodes } from "#local/cluster/spec";
import { run } from "#local/cluster/system";

const MANIFESTS = join(dirname(fileURLToPath(import.meta.url)), "manifests");

/** The objects that make the cluster whole: DNS, storage, metrics, rights, and the nodes' pod networks. */
function manifests(spec: ClusterSpec, binaries: string): string {
  const base64 = (path: string) => readFileSync(path).toString("base64");
  const values: Record<string, string> = {
    dnsAddress: dnsAddress(spec),
    tag: imageTag(binaries),
    authority: base64(authorityFile(spec)),
    metricsCertificate: base64(pkiFile(spec, "metrics-server.crt")),
    metricsKey: base64(pkiFile(spec, "metrics-server.key")),
  };
  const files = readdirSync(MANIFESTS)
    .sort()
    .map((name) =>
      readFileSync(join(MANIFESTS, name), "utf8").replace(/\$\{(\w+)\}/g, (_, key: string) => {
        const value = values[key];
        if (value === undefined) throw new Error(`${name} asks for \${${key}}, which nobody gives`);
        return value;
      }),
    );
  const objects = nodes(spec).map((node) =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name: node.name,
        labels: {
          "topology.kubernetes.io/region": "local",
          "topology.kubernetes.io/zone": node.zone,
        },
      },
      spec: { podCIDR: node.podCidr, podCIDRs: [node.podCidr] },
    }),
  );
  return [...objects, ...files].join("\n---\n");
}

/**
 * Pushes the cluster's own images, and applies its own objects once `apiReady` is done, unless this
 * version of both is in already.
 */
export async function ensureAddons(
  spec: ClusterSpec,
  binaries: string,
  apiReady: Promise<void>,
): Promise<void> {
  const text = manifests(spec, binaries);
  const stamp = join(spec.home, "addons.sha256");
  const hash = createHash("sha256").update(text).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return apiReady;
  await Promise.all([pushImages(spec, binaries), apiReady]);
  const apply = ["apply", "--server-side", "--force-conflicts", "--field-manager=mcp-mesh-cluster"];
  await run(join(binaries, "kubectl"), ["--kubeconfig", spec.kubeconfig, ...apply, "-f", "-"], {
    input: text,
  });
  writeFileSync(stamp, hash);
}
