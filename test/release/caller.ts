import { inNamespace, namespace, succeed } from "#test/release/support";
import { eventually } from "#test/support/eventually";
import { kubectl } from "#test/support/kubectl";

/**
 * Runs in a pod: asks the agent five times a second, each time over a connection of its own, and
 * prints what failed and how many calls it has made. The Service's address is looked up once, because
 * names are not what is tested.
 */
const script = `
const { lookup } = require("node:dns/promises");
const http = require("node:http");
const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call",
  params: { name: "debug-tool", arguments: {} } });
const headers = { "content-type": "application/json",
  accept: "application/json, text/event-stream" };
const say = (line) => console.log(JSON.stringify(line));
const until = async (look) => { for (;;) try { return await look(); } catch {
  await new Promise((resolve) => setTimeout(resolve, 500)); } };
until(() => lookup("debug")).then(({ address }) => {
  let made = 0;
  setInterval(() => say({ made }), 1000);
  setInterval(() => {
    const failed = (why) => say({ failed: why, at: new Date().toISOString() });
    const options = { host: address, port: 8080, path: "/mcp", method: "POST", headers,
      agent: false, timeout: 15_000 };
    const request = http.request(options, (answer) => {
      let text = "";
      answer.on("data", (part) => { text += part; });
      answer.on("error", (error) => failed(error.message));
      answer.on("end", () => {
        made += 1;
        if (!text.includes("Debug text content")) failed(answer.statusCode + " " + text);
      });
    });
    request.on("timeout", () => request.destroy(new Error("no answer within 15 s")));
    request.on("error", (error) => failed(error.message));
    request.end(body);
  }, 200);
});`;

const name = { name: "caller", namespace };
const labels = {
  "app.kubernetes.io/name": "release-check",
  "app.kubernetes.io/part-of": "mcp-mesh",
};

/** Opens the way of what has these labels to DNS and the agent, which lets `release-check` in. */
const policy = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: name,
  spec: {
    podSelector: { matchLabels: labels },
    policyTypes: ["Egress"],
    egress: [
      { ports: [{ protocol: "UDP", port: 53 }] },
      {
        ports: [{ protocol: "TCP", port: 8080 }],
        to: [{ podSelector: { matchLabels: { ...labels, "app.kubernetes.io/name": "debug" } } }],
      },
    ],
  },
};

const pod = (node?: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { ...name, labels },
  spec: {
    ...(node ? { nodeSelector: { "kubernetes.io/hostname": node } } : {}),
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: "caller",
        image: "ghcr.io/mcp-mesh/release-check:0.1.0",
        command: ["/nodejs/bin/node", "--eval", script],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        resources: {
          requests: { cpu: "20m", memory: "64Mi", "ephemeral-storage": "8Mi" },
          limits: { cpu: "300m", memory: "128Mi", "ephemeral-storage": "16Mi" },
        },
      },
    ],
  },
});

/** A client in the cluster that never stops calling the agent `debug`. */
export class Caller {
  /** Starts it, on a node of that name if one is given, and waits for its first answers. */
  static async start(node?: string): Promise<Caller> {
    const caller = new Caller();
    const list = { apiVersion: "v1", kind: "List", items: [policy, pod(node)] };
    await succeed(kubectl(["apply", "-f", "-"], JSON.stringify(list)));
    await eventually("the first answers", 120, async () => (await caller.heard()).made > 0);
    return caller;
  }

  /** How many calls were answered, and what became of the others. */
  async heard(): Promise<{ made: number; failed: string[] }> {
    const lines = (await inNamespace("logs", "pod/caller")).split("\n").filter(Boolean);
    const said = lines.map((line) => JSON.parse(line) as { made?: number; failed?: string });
    return {
      made: Math.max(0, ...said.map(({ made = 0 }) => made)),
      failed: said.flatMap(({ failed }) => (failed === undefined ? [] : [failed])),
    };
  }

  /** Ends it, some calls after all that it was to see. */
  async stop(): Promise<{ made: number; failed: string[] }> {
    const { made } = await this.heard();
    await eventually("ten more answers", 60, async () => (await this.heard()).made >= made + 10);
    const heard = await this.heard();
    await inNamespace("delete", "pod/caller", "networkpolicy/caller", "--ignore-not-found");
    return heard;
  }
}
