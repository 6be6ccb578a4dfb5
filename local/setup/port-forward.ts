import { spawn } from "node:child_process";

/**
 * Forwards a free port of this machine to a port of a Service while `use` runs, the way a person
 * would with `kubectl port-forward`. It works on any cluster and asks nothing of its network.
 */
export async function withPortForward<T>(
  kubectl: string,
  target: {
    kubeconfig: string;
    context?: string;
    namespace: string;
    service: string;
    port: number;
  },
  use: (url: string) => Promise<T>,
): Promise<T> {
  const child = spawn(
    kubectl,
    [
      `--kubeconfig=${target.kubeconfig}`,
      ...(target.context ? [`--context=${target.context}`] : []),
      `--namespace=${target.namespace}`,
      "port-forward",
      `service/${target.service}`,
      `:${target.port}`,
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  try {
    const port = await new Promise<string>((resolve, reject) => {
      let said = "";
      const read = (chunk: Buffer) => {
        said += chunk.toString();
        const match = /127\.0\.0\.1:(\d+) ->/.exec(said);
        if (match?.[1]) resolve(match[1]);
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.on("error", reject);
      child.on("exit", () => reject(new Error(`kubectl port-forward ended: ${said.trim()}`)));
    });
    return await use(`http://127.0.0.1:${port}`);
  } finally {
    child.kill();
  }
}
