import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

/** A port of a Service, and the cluster that it is in. */
export interface ForwardTarget {
  kubeconfig: string;
  context?: string | undefined;
  namespace: string;
  service: string;
  port: number;
}

/** `kubectl port-forward` from a port of this machine; from a free one if `listen` is absent. */
function start(
  kubectl: string,
  target: ForwardTarget,
  listen?: number,
): ChildProcessByStdio<null, Readable, Readable> {
  const args = [
    `--kubeconfig=${target.kubeconfig}`,
    ...(target.context ? [`--context=${target.context}`] : []),
    `--namespace=${target.namespace}`,
    "port-forward",
    `service/${target.service}`,
    `${listen ?? ""}:${target.port}`,
  ];
  return spawn(kubectl, args, { stdio: ["ignore", "pipe", "pipe"] });
}

/** The port on this machine once it takes connections; throws what kubectl said if it ended instead. */
function listening(child: ChildProcessByStdio<null, Readable, Readable>): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = "";
    const read = (chunk: Buffer) => {
      said += chunk.toString();
      const match = /127\.0\.0\.1:(\d+) ->/.exec(said);
      if (match?.[1]) resolve(Number(match[1]));
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`kubectl port-forward ended: ${said.trim()}`)));
  });
}

/**
 * Forwards a free port of this machine to a port of a Service while `use` runs, the way a person
 * would with `kubectl port-forward`. It works on any cluster and asks nothing of its network.
 */
export async function withPortForward<T>(
  kubectl: string,
  target: ForwardTarget,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const child = start(kubectl, target);
  try {
    return await use(`http://127.0.0.1:${await listening(child)}`);
  } finally {
    child.kill();
  }
}

/**
 * Forwards one port of this machine until `stopped`. kubectl follows one pod and ends with it, so
 * it is started again, on the same port; `opened` is told the address once. Throws if the first
 * start fails: then the Service, or the cluster, is not there.
 */
export async function keepForward(
  kubectl: string,
  target: ForwardTarget,
  listen: number | undefined,
  stopped: AbortSignal,
  opened: (url: string) => void,
): Promise<void> {
  let port = listen;
  for (let first = true; !stopped.aborted; ) {
    const child = start(kubectl, target, port);
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    const end = () => child.kill();
    stopped.addEventListener("abort", end);
    try {
      port = await listening(child);
      if (first) opened(`http://127.0.0.1:${port}`);
      first = false;
    } catch (error) {
      if (first) throw error;
      // Between two pods there is none to forward to.
      await delay(1_000, undefined, { signal: stopped }).catch(() => {});
    }
    await ended;
    stopped.removeEventListener("abort", end);
  }
}
