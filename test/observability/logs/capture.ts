/**
 * Writes what the containers of a namespace have logged to test/fixtures/logs, a line of each shape:
 *
 *   node test/observability/logs/capture.ts KUBECONFIG NAMESPACE
 *
 * The tests of the logs' stages run over these lines.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubectlPath } from "#local/engine/helm";
import { projectRoot } from "#local/setup/environment";
import { run } from "#test/support/project";

const MOST = 40;
const [kubeconfig = "", namespace = ""] = process.argv.slice(2);

interface PodList {
  items: {
    metadata: { name: string; labels?: Record<string, string> };
    spec: { containers: { name: string }[]; initContainers?: { name: string }[] };
  }[];
}

async function kubectl(...args: string[]): Promise<string> {
  const where = ["--kubeconfig", kubeconfig, "--namespace", namespace];
  const { code, stdout, stderr } = await run(await kubectlPath(), [...where, ...args]);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

/** Lines that differ in their numbers and names alone say the same about parsing. */
const shape = (line: string) => line.replace(/\d+/g, "0").replace(/[0-9a-f]{6,}/g, "x");

const found = new Map<string, Map<string, string>>();
const { items } = JSON.parse(await kubectl("get", "pods", "--output=json")) as PodList;
for (const { metadata, spec } of items) {
  const service = metadata.labels?.["app.kubernetes.io/name"];
  if (!service) continue;
  for (const { name } of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const key = `${service}.${name}`;
    const lines = found.get(key) ?? new Map<string, string>();
    found.set(key, lines);
    const log = await kubectl("logs", metadata.name, "--container", name, "--tail=2000");
    for (const line of log.split("\n")) {
      if (lines.size < MOST && !lines.has(shape(line))) lines.set(shape(line), line);
    }
  }
}
const folder = join(projectRoot, "test", "fixtures", "logs");
mkdirSync(folder, { recursive: true });
for (const [key, lines] of found) {
  const text = [...lines.values()].filter((line) => line !== "");
  if (text.length > 0) writeFileSync(join(folder, `${key}.txt`), `${text.join("\n")}\n`);
}
