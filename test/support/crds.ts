import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { kubectlPath } from "#local/engine/helm";
import { cacheHome } from "#local/setup/environment";
import { run } from "#test/support/project";

/**
 * A Go module whose zip holds the CustomResourceDefinitions of an optional API. Linkerd's are missing:
 * the module proxy does not serve its module.
 */
interface Source {
  module: string;
  version: string;
  /** As a go.sum has it: another content is refused. */
  sum: string;
  folder: string;
  files: string[];
  /** Of the definitions in the files, those of this API group; else all. */
  group?: string;
}

const sources = {
  "gateway-api": {
    module: "sigs.k8s.io/gateway-api",
    version: "v1.6.1",
    sum: "h1:mock6phZbI6rvZerwrVNk7hVNymQgHo+6sJ81Ia7ftY=",
    folder: "config/crd/standard",
    files: ["gateways", "httproutes"].map((kind) => `gateway.networking.k8s.io_${kind}.yaml`),
  },
  "cert-manager": {
    module: "github.com/cert-manager/cert-manager",
    version: "v1.21.2",
    sum: "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
    folder: "deploy/crds",
    files: ["certificates", "clusterissuers", "issuers"].map(
      (kind) => `cert-manager.io_${kind}.yaml`,
    ),
  },
  "prometheus-operator": {
    module: "github.com/prometheus-operator/prometheus-operator",
    version: "v0.85.0",
    sum: "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
    folder: "example/prometheus-operator-crd",
    files: [
      "alertmanagers",
      "podmonitors",
      "prometheuses",
      "prometheusrules",
      "servicemonitors",
    ].map((kind) => `monitoring.coreos.com_${kind}.yaml`),
  },
  istio: {
    module: "istio.io/api",
    version: "v1.31.1",
    sum: "h1:5Yb5ihcz4YQsCkciusK7DnFpBMwRB6EFWeUKH1Atuyk=",
    folder: "kubernetes",
    files: ["customresourcedefinitions.gen.yaml"],
    group: "security.istio.io",
  },
  keda: {
    module: "github.com/kedacore/keda/v2",
    version: "v2.20.2",
    sum: "h1:SR60v8uIcelbveS8n/1jcl8tLdBBIbHMxmdOHw8tKqA=",
    folder: "config/crd/bases",
    files: ["scaledobjects", "triggerauthentications"].map((kind) => `keda.sh_${kind}.yaml`),
  },
  cnpg: {
    module: "github.com/cloudnative-pg/cloudnative-pg",
    version: "v1.29.0",
    sum: "h1:49Dm8+y4va7RODspJjeaK8uMWP3OGAD0gMsxhjm16Mo=",
    folder: "config/crd/bases",
    files: ["backups", "clusters", "databases", "poolers", "scheduledbackups"].map(
      (kind) => `postgresql.cnpg.io_${kind}.yaml`,
    ),
  },
  "external-dns": {
    module: "sigs.k8s.io/external-dns",
    version: "v0.22.0",
    sum: "h1:+ASJ3KF7DLqHo2LsG8Qinuh2J389MS86I19i/r8ewUc=",
    folder: "config/crd/standard",
    files: ["dnsendpoints.externaldns.k8s.io.yaml"],
  },
};

export type CrdName = keyof typeof sources;
export const crdNames = Object.keys(sources) as CrdName[];

/**
 * Makes the cluster of that kubeconfig know these optional APIs, all by default. What was fetched once
 * is kept. Rejects with an error named Unobtainable when a module can't be had, and with another when
 * it is not what is expected.
 */
export async function installCrds(
  kubeconfig: string,
  names: readonly CrdName[] = crdNames,
): Promise<void> {
  // One after another: they share what the proxy gives.
  const folders: string[] = [];
  for (const name of names) folders.push(await schemas(sources[name]));
  const apply = ["apply", "--server-side", "--force-conflicts", "--field-manager=mcp-mesh-tests"];
  const files = folders.flatMap((folder) => ["--filename", folder]);
  const installed = await kubectl(kubeconfig, ...apply, "--output=name", ...files);
  await kubectl(
    kubeconfig,
    ...["wait", "--for=condition=Established", "--timeout=60s"],
    ...installed.split("\n").filter(Boolean),
  );
}

/** Takes them away again, with every object of theirs. */
export async function removeCrds(
  kubeconfig: string,
  names: readonly CrdName[] = crdNames,
): Promise<void> {
  const folders = await Promise.all(names.map((name) => schemas(sources[name])));
  const files = folders.flatMap((folder) => ["--filename", folder]);
  await kubectl(kubeconfig, "delete", "--ignore-not-found", "--timeout=120s", ...files);
}

async function kubectl(kubeconfig: string, ...args: string[]): Promise<string> {
  const answer = await run(await kubectlPath(), ["--kubeconfig", kubeconfig, ...args]);
  if (answer.code !== 0) throw new Error(answer.stderr);
  return answer.stdout;
}

/** The folder with the schemas of a source, fetched if they are not there. */
async function schemas(source: Source): Promise<string> {
  const home = join(cacheHome(), "crds");
  const name = [source.module, source.version, ...(source.group ? [source.group] : [])].join("+");
  const folder = join(home, name.replaceAll("/", "+"));
  if (existsSync(folder) && (await readdir(folder)).length === source.files.length) return folder;
  mkdirSync(home, { recursive: true });
  const work = mkdtempSync(join(home, "fetch-"));
  try {
    const zip = unzipSync(await readFile(await download(source, work)));
    const ready = join(work, "ready");
    mkdirSync(ready);
    for (const file of source.files) {
      const path = `${source.module}@${source.version}/${source.folder}/${file}`;
      const content = zip[path];
      if (!content) throw new Error(`${source.module} ${source.version} has no ${path}`);
      writeFileSync(join(ready, basename(file)), ofGroup(source.group, content));
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(ready, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

function ofGroup(group: string | undefined, content: Uint8Array): string {
  const text = new TextDecoder().decode(content);
  if (!group) return text;
  const documents = text.split(/^---\n/m).filter((part) => part.includes(`\n  group: ${group}\n`));
  if (documents.length === 0) throw new Error(`no definition is of the group ${group}`);
  return documents.join("---\n");
}

/** Fetches a module into a folder; returns the path of its zip, checked. */
async function download({ module, version, sum }: Source, folder: string): Promise<string> {
  const env = {
    ...process.env,
    GOMODCACHE: join(folder, "modules"),
    GOFLAGS: "-modcacherw",
    // The sum stands here; no other service is asked for it.
    GONOSUMDB: "*",
  };
  const ask = ["mod", "download", "-json", `${module}@${version}`];
  const { stdout } = await promisify(execFile)("go", ask, { cwd: folder, env }).catch(
    (error: Error & { stdout?: string }) => {
      const reason = new Error(
        `${module} ${version} can't be had: ${error.stdout || error.message}`,
      );
      throw Object.assign(reason, { name: "Unobtainable" });
    },
  );
  const { Zip, Sum } = JSON.parse(stdout) as { Zip: string; Sum: string };
  if (Sum !== sum) throw new Error(`${module} ${version} is ${Sum}, not ${sum} as expected`);
  return Zip;
}
