import assert from "node:assert/strict";
import { eventually } from "#test/support/eventually";
import { kubectl } from "#test/support/kubectl";

/** Runs in a pod: calls the greeter five times a second, each time over a connection of its own. */
const SCRIPT = `
const http = require("node:http");
const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call",
  params: { name: "greet", arguments: { name: "you" } } });
const headers = { "content-type": "application/json",
  accept: "application/json, text/event-stream" };
const words = {};
const failed = [];
let made = 0;
setInterval(() => console.log(JSON.stringify({ made, words, failed })), 500);
setInterval(() => {
  // The first of them tell why; a log of all would fill the pod's disk.
  const fail = (why) => {
    if (made > 0 && failed.length < 20) failed.push(new Date().toISOString() + " " + why.slice(0, 300));
  };
  const request = http.request(process.env.URL, { method: "POST", headers, agent: false, timeout: 15_000 },
    (answer) => {
      let text = "";
      answer.on("data", (part) => { text += part; });
      answer.on("error", (error) => fail(error.message));
      answer.on("end", () => {
        const [, word] = /Echo: (\\w+)/.exec(text) ?? [];
        if (!word) return fail(answer.statusCode + " " + text);
        made += 1;
        words[word] = (words[word] ?? 0) + 1;
      });
    });
  request.on("timeout", () => request.destroy(new Error("no answer within 15 s")));
  request.on("error", (error) => fail(error.message));
  request.end(body);
}, 200);`;

export interface Heard {
  made: number;
  /** How many answers began with which greeting. */
  words: Record<string, number>;
  failed: string[];
}

/**
 * A client in the cluster that never stops calling the greeter. It has the release check's labels, and
 * so its way through the network.
 */
export class SteadyCaller {
  private readonly namespace: string;

  private constructor(namespace: string) {
    this.namespace = namespace;
  }

  /** Starts it from an image with Node, and waits for its first answers. */
  static async start(namespace: string, image: string): Promise<SteadyCaller> {
    const caller = new SteadyCaller(namespace);
    const pod = podOf(namespace, image);
    const made = await kubectl(["create", "-n", namespace, "-f", "-"], JSON.stringify(pod));
    assert.equal(made.code, 0, made.text);
    await eventually("the first answers", 120, async () => (await caller.heard()).made > 10);
    return caller;
  }

  async heard(): Promise<Heard> {
    const { stdout } = await kubectl(["logs", "caller", "-n", this.namespace, "--tail=1"]);
    return stdout.trim() === "" ? { made: 0, words: {}, failed: [] } : JSON.parse(stdout);
  }

  /** What it heard, ten calls after now. */
  async later(): Promise<Heard> {
    const { made } = await this.heard();
    return eventually("ten more answers", 60, async () => {
      const heard = await this.heard();
      return heard.made >= made + 10 && heard;
    });
  }
}

function podOf(namespace: string, image: string) {
  const labels = {
    "app.kubernetes.io/name": "release-check",
    "app.kubernetes.io/part-of": "mcp-mesh",
  };
  const amounts = { memory: "64Mi", "ephemeral-storage": "8Mi" };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "caller", labels },
    spec: {
      restartPolicy: "Never",
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
          image,
          command: ["/nodejs/bin/node", "--eval", SCRIPT],
          env: [{ name: "URL", value: `http://greeter.${namespace}.svc:8080/mcp` }],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          resources: {
            requests: { ...amounts, cpu: "20m" },
            limits: { memory: "128Mi", "ephemeral-storage": "32Mi", cpu: "300m" },
          },
        },
      ],
    },
  };
}
