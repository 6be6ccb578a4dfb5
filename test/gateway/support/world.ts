import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "#local/setup/environment";
import { haproxyConfiguration, nginxConfiguration } from "#test/gateway/support/translate";
import { ofKind, type Rendered, render, theOnly } from "#test/support/charts";
import { kubectl } from "#test/support/kubectl";

/** The gateways' pods, as the agents' network policies know them. */
const gatewayLabels = { "app.kubernetes.io/part-of": "gateways" };
const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };

export interface Proxy {
  name: string;
  /** Whose annotations it follows; without one, it is as its controller ships it. */
  controller?: string;
  software: "nginx" | "haproxy";
  agent: string;
}

/** A closed namespace with agents, and one with gateways in front of them. */
export class World {
  readonly mesh = `gateway-mesh-${randomBytes(3).toString("hex")}`;
  readonly gateways = `gateways-${randomBytes(3).toString("hex")}`;

  async create(): Promise<void> {
    await apply(
      [this.mesh, this.gateways].map((name) => ({
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name, labels: restricted },
      })),
    );
    // Nothing passes in the mesh's namespace but what a chart opens.
    await apply(ofKind(await render("foundation", "foundation", {}, this.mesh), "NetworkPolicy"));
  }

  async remove(): Promise<void> {
    await kubectl(["delete", "namespace", this.mesh, this.gateways, "--wait=false"]);
  }

  /** Deploys the agent of a file in agents/ by the chart, open to the gateways. */
  async deployAgent(name: string, file: string, older = false): Promise<void> {
    const { env, ...agent } = parse(
      readFileSync(join(projectRoot, "agents", `${file}.yaml`), "utf8"),
    );
    const values = {
      image: lockedImage(agent.image),
      profile: agent.profile,
      replicas: agent.replicas,
      resources: agent.resources,
      env: older ? { ...env, NODE_OPTIONS: "--require=/etc/older/server.cjs" } : env,
      network: { gateways: [{ namespace: this.gateways, labels: gatewayLabels }] },
      pod: older ? olderFiles : {},
    };
    const source = readFileSync(join(import.meta.dirname, "older-server.cjs"), "utf8");
    const objects = await render("agent", name, values, this.mesh);
    await apply([
      ...(older ? [configMap(this.mesh, "older-server", { "server.cjs": source })] : []),
      ...objects.filter(({ metadata }) => !metadata.annotations?.["helm.sh/hook"]),
    ]);
    await rolledOut(this.mesh, name);
  }

  /** Deploys a proxy that is set up as the agent's Ingress for its controller says. */
  async deployProxy(image: string, { name, controller, software, agent }: Proxy): Promise<void> {
    const ingress = controller
      ? theOnly(
          await render(
            "agent",
            agent,
            { profile: "sessionful", ingress: { className: "x", controller, host: "a.example" } },
            this.mesh,
          ),
          "Ingress",
        )
      : undefined;
    const target = { host: `${agent}.${this.mesh}.svc`, port: 8080, ingress };
    const text = software === "nginx" ? nginxConfiguration(target) : haproxyConfiguration(target);
    await apply([
      configMap(this.gateways, name, { "proxy.conf": text }),
      ...proxyObjects(this.gateways, name, image, software),
    ]);
    await rolledOut(this.gateways, name);
  }
}

/** Applies objects; rejects with the API server's words. */
async function apply(objects: readonly unknown[]): Promise<void> {
  const list = { apiVersion: "v1", kind: "List", items: objects };
  const answer = await kubectl(["apply", "--server-side", "-f", "-"], JSON.stringify(list));
  if (answer.code !== 0) throw new Error(answer.stderr);
}

export async function rolledOut(namespace: string, name: string): Promise<void> {
  const ask = ["-n", namespace, "rollout", "status", `deployment/${name}`, "--timeout=120s"];
  const answer = await kubectl(ask);
  if (answer.code !== 0) throw new Error(answer.text);
}

function lockedImage({ name, tag }: { name: string; tag: string }) {
  const { images } = JSON.parse(readFileSync(join(projectRoot, "images.lock.json"), "utf8"));
  return {
    registry: "ghcr.io",
    repository: `mcp-mesh/${name}`,
    tag,
    digest: images[`ghcr.io/mcp-mesh/${name}:${tag}`],
  };
}

const olderFiles = {
  volumes: [{ name: "older", configMap: { name: "older-server" } }],
  volumeMounts: [{ name: "older", mountPath: "/etc/older", readOnly: true }],
};

const configMap = (namespace: string, name: string, data: Record<string, string>) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace, name },
  data,
});

const commands = {
  nginx: ["/usr/sbin/nginx", "-c", "/etc/proxy/proxy.conf", "-e", "stderr"],
  haproxy: ["/usr/sbin/haproxy", "-db", "-f", "/etc/proxy/proxy.conf"],
};

function proxyObjects(
  namespace: string,
  name: string,
  image: string,
  software: Proxy["software"],
): Pick<Rendered, "kind">[] {
  const labels = { ...gatewayLabels, "app.kubernetes.io/name": name };
  const metadata = { namespace, name, labels };
  const amounts = { cpu: "250m", memory: "64Mi", "ephemeral-storage": "64Mi" };
  const container = {
    name: "proxy",
    image,
    command: commands[software],
    ports: [{ name: "http", containerPort: 8080 }],
    readinessProbe: { tcpSocket: { port: "http" }, periodSeconds: 1 },
    resources: { requests: { ...amounts, cpu: "20m" }, limits: amounts },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "configuration", mountPath: "/etc/proxy", readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
  const pod = {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [container],
    volumes: [
      { name: "configuration", configMap: { name } },
      { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
    ],
  };
  const selector = { "app.kubernetes.io/name": name };
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: selector },
      template: { metadata: { labels }, spec: pod },
    },
  };
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: { selector, ports: [{ name: "http", port: 80, targetPort: "http" }] },
  };
  return [deployment, service];
}
