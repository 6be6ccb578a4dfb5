import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { Stage } from "#test/agents/stage";
import { alive } from "#test/conformance/support/alive";
import { render } from "#test/support/charts";
import { eventually } from "#test/support/eventually";
import { getObjects } from "#test/support/kubectl";

const NAME = "reference";

/** What the chart's policies leave shut: this machine, which is no pod, and the registry. */
const doors = [
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "test" },
    spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] },
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "test-registry" },
    spec: {
      podSelector: { matchLabels: { "app.kubernetes.io/name": NAME } },
      policyTypes: ["Egress"],
      egress: [{ ports: [{ port: 8000 }] }, { ports: [{ port: 53, protocol: "UDP" }] }],
    },
  },
];

/** The image as it was built last. */
function image(name: string) {
  const { images } = JSON.parse(readFileSync(join(projectRoot, "images.lock.json"), "utf8"));
  const digest = images[`ghcr.io/mcp-mesh/${name}:0.1.0`];
  return { registry: "ghcr.io", repository: `mcp-mesh/${name}`, tag: "0.1.0", digest };
}

/** The reference agent in a mesh of its own: a namespace with a registry and its database. */
export class Deployed {
  readonly #stage = new Stage(`conformance-${randomBytes(3).toString("hex")}`);
  /** The Service's address, and the name that it has in the cluster. */
  address = "";
  readonly host = `${NAME}.${this.#stage.namespace}.svc`;

  get url(): string {
    return `http://${this.host}:8080/mcp`;
  }

  async open(): Promise<void> {
    await this.#stage.open();
    // Rounds of one call may meet different replicas, which need one key.
    const key = randomBytes(32).toString("base64");
    await this.#stage.kubectl([
      "create",
      "secret",
      "generic",
      "state",
      `--from-literal=key=${key}`,
    ]);
    await this.#stage.apply(...doors);
    await this.#stage.settled("registry");
  }

  /** Deploys it by the chart, and waits until all of its pods are ready. */
  async deploy(profile: "stateless" | "sessionful"): Promise<void> {
    const names = [NAME, `${NAME}.${this.#stage.namespace}`, this.host];
    const values = {
      mode: "mesh",
      profile,
      replicas: profile === "stateless" ? 2 : 1,
      image: image(NAME),
      relay: { image: image("session-relay") },
      sessions: { drainMinutes: 1 },
      env: {
        HOST: "0.0.0.0",
        ALLOWED_HOSTS: [...names, `${this.host}.cluster.local`].join(","),
        REQUEST_STATE_KEY_FILE: "/etc/state/key",
        ...(profile === "sessionful" && { SESSIONS: "on" }),
      },
      pod: {
        volumes: [{ name: "state", secret: { secretName: "state" } }],
        volumeMounts: [{ name: "state", mountPath: "/etc/state", readOnly: true }],
      },
    };
    await this.#stage.apply(...(await render("agent", NAME, values, this.#stage.namespace)));
    await this.#stage.settled(NAME);
    const here = ["-n", this.#stage.namespace];
    const [service] = await getObjects<{ spec: { clusterIP: string } }>(...here, `svc/${NAME}`);
    this.address = service?.spec.clusterIP ?? "";
    await eventually("the Service's answer", 30, () => alive(this.url, this.address));
  }

  /** Replaces all pods, again and again, until `work` is over, which can ask how often that was. */
  async rolling(work: (rolls: () => number) => Promise<void>): Promise<void> {
    let [rolls, over] = [0, false];
    const roll = async () => {
      for (; !over; rolls++) {
        await this.#stage.kubectl(["rollout", "restart", `deployment/${NAME}`]);
        await this.#stage.kubectl(["rollout", "status", `deployment/${NAME}`, "--timeout=180s"]);
      }
    };
    const rolled = roll().catch((error) => {
      // The work would wait for the next one in vain.
      rolls = Number.POSITIVE_INFINITY;
      throw error;
    });
    const worked = work(() => rolls).finally(() => {
      over = true;
    });
    await Promise.all([rolled, worked]);
  }

  close(): Promise<void> {
    return this.#stage.close();
  }
}
