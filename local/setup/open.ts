/** `npm run open`: an address on this machine for the dashboard, or for another part of a stack. */
import { once } from "node:events";
import { createServer } from "node:net";
import { parseArgs } from "node:util";
import { kubectlPath } from "#local/engine/helm";
import { howToLogIn, type StackOutputs, stackOutputs } from "#local/setup/deployed";
import { kubeconfigEnvironment } from "#local/setup/environment";
import { keepForward } from "#local/setup/port-forward";

const help = `Usage: npm run open [-- PART] [OPTIONS]

Opens a part of a deployed stack on this machine until Ctrl-C, and prints its address: the
dashboard if none is named, else prometheus, registry, or an agent by its name.

  --stack NAME     dev (default), staging or prod
  --context NAME   the kubeconfig context of the stack's cluster, if not the current one
  --port NUMBER    the port on this machine; the part's own if it is free, else any
  --help           this text
`;

/** The address inside the cluster of each part that can be opened. */
export function parts(outputs: StackOutputs): Record<string, string> {
  const agents = Object.entries(outputs.agents).map(([name, { url }]) => [name, url]);
  const { dashboardUrl, prometheusUrl, registryUrl } = outputs;
  return Object.fromEntries([
    ...agents,
    ["registry", registryUrl],
    ...(prometheusUrl ? [["prometheus", prometheusUrl]] : []),
    ...(dashboardUrl ? [["dashboard", dashboardUrl]] : []),
  ]);
}

/** `wanted` if nobody listens there, else undefined: then kubectl takes a free port. */
async function ifFree(wanted: number): Promise<number | undefined> {
  const server = createServer();
  const free = new Promise<boolean>((resolve) => {
    server.once("listening", () => resolve(true)).once("error", () => resolve(false));
  });
  server.listen(wanted, "127.0.0.1");
  if (!(await free)) return undefined;
  server.close();
  await once(server, "close");
  return wanted;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      stack: { type: "string", default: "dev" },
      context: { type: "string" },
      port: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const [part = "dashboard"] = positionals;
  const outputs = await stackOutputs(values.stack);
  const all = parts(outputs);
  const inside = all[part];
  if (!inside) {
    const there = Object.keys(all).join(", ");
    throw new Error(`the stack ${values.stack} has no ${part}; it has ${there}`);
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
    throw new Error(`--port is "${values.port}"; give a number from 1 to 65535`);
  }
  // A Service's name inside the cluster: its own, its namespace, and svc.
  const { hostname, port: servicePort, pathname } = new URL(inside);
  const [service = "", namespace = ""] = hostname.split(".");
  const { KUBECONFIG: kubeconfig = "" } = kubeconfigEnvironment(process.env);
  const { context } = values;
  const kubectl = await kubectlPath();
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => stopped.abort());
  }
  await keepForward(
    kubectl,
    {
      kubeconfig,
      context,
      namespace,
      service,
      port: Number(servicePort),
    },
    port ?? (await ifFree(Number(servicePort))),
    stopped.signal,
    (url) => {
      process.stdout.write(`${part}: ${url}${pathname === "/" ? "" : pathname}\n`);
      if (part !== "dashboard") return;
      const lines = howToLogIn({ kubectl, kubeconfig, context, outputs });
      process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    },
  );
}

if (process.argv[1] === import.meta.filename) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
