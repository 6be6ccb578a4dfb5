import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { at, list, props, text } from "#local/engine/providers/kubernetes/json";
import { isProps, mapProps, type Props, type Value } from "#local/engine/value";

/** How to reach one cluster as one user. */
export interface Access {
  server: string;
  /** The context's namespace; "" if it names none. */
  namespace: string;
  ca: string | undefined;
  insecure: boolean;
  /** Asked before every request; `fresh` after the server refused what was given before. */
  credentials(fresh: boolean): Promise<Credentials>;
}

export interface Credentials {
  headers: Record<string, string>;
  cert?: string;
  key?: string;
}

export interface Choice {
  /** Content or path of a kubeconfig, instead of KUBECONFIG and ~/.kube/config. */
  kubeconfig?: string | undefined;
  context?: string | undefined;
}

/**
 * Reads the kubeconfig (several files merge as kubectl merges them: the first to name a thing
 * wins) and returns the chosen context. Throws a sentence naming what is missing or unsupported.
 */
export async function loadAccess(choice: Choice, env: NodeJS.ProcessEnv): Promise<Access> {
  const config = await loadConfig(choice.kubeconfig, env);
  const wanted = choice.context ?? text(config, "current-context");
  if (!wanted) throw new Error("the kubeconfig has no current-context: name one in `context`");
  const context = named(config, "contexts", "context", wanted);
  const clusterName = text(context, "cluster");
  const cluster = named(config, "clusters", "cluster", clusterName);
  const userName = text(context, "user");
  const user = userName ? named(config, "users", "user", userName) : {};
  const server = text(cluster, "server");
  if (!/^https?:\/\//.test(server)) {
    throw new Error(`cluster ${clusterName} in the kubeconfig has no http(s) \`server\` address`);
  }
  refuse(`cluster ${clusterName}`, cluster, ["proxy-url", "tls-server-name"]);
  refuse(`user ${userName}`, user, ["auth-provider", "username", "as"]);
  return {
    server: server.replace(/\/+$/, ""),
    namespace: text(context, "namespace"),
    ca: await material(cluster, "certificate-authority"),
    insecure: at(cluster, "insecure-skip-tls-verify") === true,
    credentials: await credentialSource(user, userName),
  };
}

async function loadConfig(given: string | undefined, env: NodeJS.ProcessEnv): Promise<Props> {
  const { parse } = await import("yaml");
  const inline = given !== undefined && /[\n{]|^apiVersion:/.test(given);
  if (inline) return rooted(parse(given), process.cwd());
  const variable = env.KUBECONFIG;
  const paths = given
    ? [given]
    : variable
      ? variable.split(delimiter).filter(Boolean)
      : [join(env.HOME ?? homedir(), ".kube", "config")];
  const merged: Props = { contexts: [], clusters: [], users: [] };
  let found = 0;
  for (const path of paths) {
    const content = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw new Error(`the kubeconfig ${path} can't be read: ${error.message}`);
    });
    if (content === undefined) continue;
    found += 1;
    const file = rooted(parse(content), dirname(resolve(path)));
    merged["current-context"] = text(merged, "current-context") || text(file, "current-context");
    for (const key of ["contexts", "clusters", "users"]) {
      merged[key] = [...list(merged, key), ...list(file, key)];
    }
  }
  if (!found) throw new Error(`no kubeconfig: ${paths.join(", ")} is not there; set KUBECONFIG`);
  return merged;
}

/** Paths in a kubeconfig are relative to the file they stand in. */
function rooted(config: unknown, folder: string): Props {
  if (!isProps(config as Value)) throw new Error("the kubeconfig is not a YAML map");
  const file = /^(certificate-authority|client-certificate|client-key|tokenFile)$/;
  const visit = (value: Value): Value => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isProps(value)) return value;
    return mapProps(value, (item, key) => {
      const path = file.test(key) || (key === "command" && String(item).includes("/"));
      return path && typeof item === "string" ? resolve(folder, item) : visit(item);
    });
  };
  return visit(config as Value) as Props;
}

/** Names what would have to be honoured and is not. */
function refuse(who: string, entry: Props, keys: string[]): void {
  const found = keys.find((key) => at(entry, key));
  if (found) throw new Error(`${who}: \`${found}\` is not supported by the local engine`);
}

function named(config: Props, section: string, inner: string, name: string): Props {
  const entry = list(config, section).find((item) => text(item, "name") === name);
  if (!entry) throw new Error(`the kubeconfig has no ${inner} named "${name}"`);
  return props(entry, inner);
}

/** PEM text from `KEY-data` (base64) or the file that `KEY` names. */
async function material(source: Props, key: string): Promise<string | undefined> {
  const data = text(source, `${key}-data`);
  if (data) return Buffer.from(data, "base64").toString();
  const path = text(source, key);
  return path ? readFile(path, "utf8") : undefined;
}

async function credentialSource(user: Props, name: string): Promise<Access["credentials"]> {
  const cert = await material(user, "client-certificate");
  const key = await material(user, "client-key");
  const fixed: Credentials = { headers: {}, ...(cert && key ? { cert, key } : {}) };
  const bearer = (token: string) => ({ authorization: `Bearer ${token.trim()}` });
  const tokenFile = text(user, "tokenFile");
  if (tokenFile) {
    // The kubelet renews such files, so that each request reads anew.
    return async () => ({ ...fixed, headers: bearer(await readFile(tokenFile, "utf8")) });
  }
  if (text(user, "token")) return async () => ({ ...fixed, headers: bearer(text(user, "token")) });
  if (at(user, "exec")) return execSource(props(user, "exec"), name);
  return async () => fixed;
}

/** Runs the user's credential plugin, and again when its answer expires or is refused. */
function execSource(exec: Props, user: string): Access["credentials"] {
  let cached: Promise<Credentials & { until: number }> | undefined;
  const run = async () => {
    const apiVersion = text(exec, "apiVersion");
    const info = { apiVersion, kind: "ExecCredential", spec: { interactive: false } };
    const extra = list(exec, "env").map((item) => [text(item, "name"), text(item, "value")]);
    const env = {
      ...process.env,
      ...Object.fromEntries(extra),
      KUBERNETES_EXEC_INFO: JSON.stringify(info),
    };
    const command = text(exec, "command");
    const args = list(exec, "args").map(String);
    const { stdout } = await promisify(execFile)(command, args, { env }).catch((error: Error) => {
      throw new Error(`user ${user}: credential plugin ${command} failed: ${error.message}`);
    });
    const status = props(JSON.parse(stdout), "status");
    const token = text(status, "token");
    const expiry = text(status, "expirationTimestamp");
    const cert = text(status, "clientCertificateData");
    const key = text(status, "clientKeyData");
    const headers: Credentials["headers"] = token ? { authorization: `Bearer ${token}` } : {};
    return {
      headers,
      ...(cert && key ? { cert, key } : {}),
      until: expiry ? Date.parse(expiry) - 10_000 : Number.POSITIVE_INFINITY,
    };
  };
  return async (fresh) => {
    if (fresh || (cached && (await cached).until < Date.now())) cached = undefined;
    cached ??= run();
    cached.catch(() => {
      cached = undefined;
    });
    return cached;
  };
}
