import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { UserError } from "#local/engine/errors";
import { helm } from "#local/engine/helm";
import { projectRoot } from "#local/setup/environment";
import type { KubeObject } from "#operate/cluster";
import type { Database } from "#operate/database";

/** Annotates a StatefulSet with its volume from the beginning of a swap to its end. */
export const VOLUME = "mcp-mesh.dev/volume";

/** Settings of the server that the chart makes itself, from the copy's own values. */
const OWN = /^(archive_|ssl|hba_file|ident_file|listen_addresses|hot_standby$|unix_socket)/;

/** Makes, beside a database, one that restores from its backups and has none of its own. */
export async function makeCopy(of: Database, name: string, target?: string): Promise<void> {
  const values = copyValues(await of.statefulSet(), await nodeToShare(of), target);
  const chart = join(projectRoot, "charts/postgres");
  const { namespace } = of.cluster;
  const args = ["template", name, chart, "-n", namespace, "--skip-tests", "--values", "-"];
  const { code, stdout, stderr } = await helm(args, JSON.stringify(values));
  if (code !== 0) throw new UserError(`the chart could not be rendered: ${stderr.trim()}`);
  const objects = parseAllDocuments(stdout).flatMap((document) => document.toJS() ?? []);
  await of.cluster.apply(...objects);
}

/** Removes a copy, and its volume where nobody keeps that; the StatefulSet last. */
export async function removeCopy(copy: Database): Promise<void> {
  const kinds = "service,configmap,serviceaccount,networkpolicy,poddisruptionbudget";
  const selector = `app.kubernetes.io/instance=${copy.name}`;
  if (await copy.find()) await copy.stop();
  await copy.cluster.kubectl(["delete", kinds, "--selector", selector]);
  await copy.cluster.kubectl(["delete", "pvc", copy.claim, "--ignore-not-found"]);
  await copy.cluster.kubectl(["delete", "statefulset", copy.name, "--ignore-not-found"]);
}

/** Which time a copy was restored to, "" for the newest; undefined if there is no copy. */
export async function targetOfCopy(copy: Database): Promise<string | undefined> {
  const found = await copy.find();
  const restore = found?.spec.template.spec.initContainers?.find(
    ({ name }: { name: string }) => name === "restore",
  );
  if (!restore) return undefined;
  return envOf(restore, "RESTORE_TARGET").replace(" ", "T").replace("+00", "Z");
}

/** Where a volume can be attached to one node at a time, the copy must be on the same. */
async function nodeToShare(of: Database): Promise<string | undefined> {
  const claim = await of.cluster.get("pvc", await repositoryClaim(of));
  const shared = claim?.spec.accessModes.includes("ReadWriteMany");
  const pod = await of.cluster.get("pod", of.pod);
  return shared ? undefined : pod?.spec.nodeName;
}

/** The claim with the database's backups; rejects if it has none. */
export async function repositoryClaim(of: Database): Promise<string> {
  const volume = await of.volume("repository");
  if (volume) return volume.persistentVolumeClaim.claimName;
  throw new UserError(`${of.name} has no backups: its values have no "backup".`);
}

type Container = { name: string; env?: { name: string; value?: string }[] };
const envOf = ({ env = [] }: Container, key: string) =>
  env.find(({ name }) => name === key)?.value ?? "";

/** The chart's values of a database that is like `of`, and gets its data from the backups of that. */
export function copyValues(of: KubeObject, node?: string, target?: string): object {
  const pod = of.spec.template.spec;
  const part = (name: string) =>
    [...pod.containers, ...(pod.initContainers ?? [])].find((one: Container) => one.name === name);
  const volume = (name: string) => pod.volumes.find((one: { name: string }) => one.name === name);
  const server = part("postgres");
  const settings: Record<string, string> = Object.fromEntries(
    server.args
      .filter((arg: string) => arg !== "-c")
      .map((arg: string) => [arg.slice(0, arg.indexOf("=")), arg.slice(arg.indexOf("=") + 1)])
      .filter(([name]: string[]) => !OWN.test(name ?? "")),
  );
  const { max_connections, ...rest } = settings;
  const [template] = of.spec.volumeClaimTemplates ?? [];
  const secret = (name: string) => ({ existingSecret: volume(name).secret.secretName });
  const passphrase = volume("passphrase-own");
  return {
    global: {
      imagePullSecrets: (pod.imagePullSecrets ?? []).map(({ name }: { name: string }) => name),
      labels: houseLabels(of),
    },
    image: imageValues(server.image),
    resources: server.resources,
    maxConnections: Number(max_connections),
    settings: rest,
    ...(template
      ? {
          storage: {
            size: template.spec.resources.requests.storage,
            class: template.spec.storageClassName ?? "",
            accessModes: template.spec.accessModes,
          },
        }
      : {}),
    superuser: secret("superuser"),
    application: {
      name: envOf(part("logins"), "APPLICATION"),
      ...secret("application"),
      logins: (volume("logins")?.projected.sources ?? []).map(
        ({ secret }: { secret: { name: string; items: [{ path: string }] } }) => ({
          name: secret.items[0].path,
          existingSecret: secret.name,
        }),
      ),
    },
    ...(volume("tls") ? { tls: secret("tls") } : {}),
    network: { ingress: [] },
    pod: {
      nodeSelector: { ...pod.nodeSelector, ...(node ? { "kubernetes.io/hostname": node } : {}) },
      tolerations: pod.tolerations ?? [],
      priorityClassName: pod.priorityClassName ?? "",
    },
    restore: {
      claim: volume("repository").persistentVolumeClaim.claimName,
      ...(target ? { target } : {}),
      ...(passphrase ? { encryptionSecret: passphrase.secret.secretName } : {}),
    },
  };
}

/** What the stack puts on every object: all but the chart's own labels. */
function houseLabels({ metadata }: KubeObject): Record<string, string> {
  const own = Object.entries(metadata.labels ?? {}).filter(
    ([key]) => !/^(app\.kubernetes\.io|helm\.sh)\//.test(key),
  );
  return Object.fromEntries(own);
}

/** The parts of `registry/repository:tag@digest`. */
function imageValues(reference: string): object {
  const parts = /^([^/]+)\/([^@]+?):([^:@/]+)(?:@(.+))?$/.exec(reference);
  if (!parts) throw new UserError(`the image ${reference} is not as the chart writes one.`);
  const [, registry, repository, tag, digest] = parts;
  return { registry, repository, tag, ...(digest ? { digest } : {}) };
}
