import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { projectRoot, script } from "#local/setup/environment";
import { callTool } from "#local/setup/mcp-call";
import { withPortForward } from "#local/setup/port-forward";

const exec = promisify(execFile);

/** A deployed stack: where its cluster is, and what it says of itself. */
export interface Deployed {
  outputs: Outputs;
  kubeconfig: string;
  context?: string;
  kubectl: string;
}

/** The stack outputs that this file reads; `index.ts` says what each one is. */
interface Outputs {
  namespace: string;
  registryUrl: string;
  dashboardUrl?: string;
  prometheusUrl?: string;
  agents: Record<string, { url: string; mode: string; profile: string }>;
}

/** Asks the engine for the outputs of a stack. */
export async function stackOutputs(stack: string): Promise<Outputs> {
  const args = ["stack", "output", "--json", "--stack", stack];
  const [command, commandArgs] = script("local/setup/pulumi.ts", ...args);
  const { stdout } = await exec(command, commandArgs, { cwd: projectRoot });
  return JSON.parse(stdout);
}

/** One real MCP call from this machine: to the greeter, which calls another agent to answer. */
export async function proveCall(target: Deployed): Promise<string> {
  const { namespace } = target.outputs;
  const answer = await withPortForward(
    target.kubectl,
    { ...target, namespace, service: "greeter", port: 8080 },
    (url) => callTool(`${url}/mcp`, "greet", { name: "world" }),
  );
  return `greeter/greet({name: "world"}) answered: ${answer}`;
}

/** What a person wants to open next, as text. */
export function addresses(target: Deployed): string {
  const { namespace, registryUrl, dashboardUrl, prometheusUrl, agents } = target.outputs;
  const kubectl = `${target.kubectl} --kubeconfig ${target.kubeconfig}${target.context ? ` --context ${target.context}` : ""}`;
  const rows = Object.entries(agents).map(
    ([name, agent]) => `  ${name.padEnd(12)}${agent.url}  (${agent.mode}, ${agent.profile})`,
  );
  const forward = `${kubectl} -n ${namespace} port-forward`;
  return [
    "Inside the cluster:",
    `  ${"registry".padEnd(12)}${registryUrl}`,
    ...(dashboardUrl ? [`  ${"dashboard".padEnd(12)}${dashboardUrl}`] : []),
    ...(prometheusUrl ? [`  ${"prometheus".padEnd(12)}${prometheusUrl}`] : []),
    ...rows,
    "",
    "From this machine:",
    ...(dashboardUrl
      ? [`  ${forward} service/dashboard 8090`, "  then open http://127.0.0.1:8090"]
      : []),
    `  ${forward} service/greeter 8080`,
    "  then point any MCP client at http://127.0.0.1:8080/mcp",
    `  ${kubectl} -n ${namespace} get pods -o wide`,
  ].join("\n");
}
