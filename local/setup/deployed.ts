import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { showPassword } from "#config/dashboard";
import { projectRoot, script } from "#local/setup/environment";
import { callTool } from "#local/setup/mcp-call";
import { withPortForward } from "#local/setup/port-forward";

const exec = promisify(execFile);

/** A deployed stack: where its cluster is, and what it says of itself. */
export interface Deployed {
  outputs: StackOutputs;
  kubeconfig: string;
  context?: string | undefined;
  kubectl: string;
}

/** The stack outputs that a person's commands read; `index.ts` says what each one is. */
export interface StackOutputs {
  namespace: string;
  registryUrl: string;
  dashboardUrl?: string;
  prometheusUrl?: string;
  /** The local user of the dashboard, and the Secret with the password. */
  dashboardLogin?: { user: string; secret: string };
  agents: Record<string, { url: string; mode: string; profile: string }>;
}

/** Asks the engine for the outputs of a stack. */
export async function stackOutputs(stack: string): Promise<StackOutputs> {
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

const kubectlCommand = ({ kubectl, kubeconfig, context, outputs }: Deployed) =>
  `${kubectl} --kubeconfig ${kubeconfig}${context ? ` --context ${context}` : ""} -n ${outputs.namespace}`;

/** How to log in to the dashboard: the user's name, and the command that shows the password. */
export function howToLogIn(target: Deployed): string[] {
  const { dashboardLogin } = target.outputs;
  if (!dashboardLogin) return [];
  const { user, secret } = dashboardLogin;
  const show = showPassword(secret);
  return [`  log in as ${user}; the password:`, `  ${kubectlCommand(target)} ${show}`];
}

/** What a person wants to open next, as text; `opened` is where the dashboard is open already. */
export function addresses(target: Deployed, opened?: string): string {
  const { registryUrl, dashboardUrl, prometheusUrl, agents } = target.outputs;
  const rows = Object.entries(agents).map(
    ([name, agent]) => `  ${name.padEnd(12)}${agent.url}  (${agent.mode}, ${agent.profile})`,
  );
  return [
    "Inside the cluster:",
    `  ${"registry".padEnd(12)}${registryUrl}`,
    ...(dashboardUrl ? [`  ${"dashboard".padEnd(12)}${dashboardUrl}`] : []),
    ...(prometheusUrl ? [`  ${"prometheus".padEnd(12)}${prometheusUrl}`] : []),
    ...rows,
    "",
    "From this machine:",
    `  ${kubectlCommand(target)} get pods -o wide`,
    "  npm run open -- greeter   # an address for any MCP client; prometheus and registry open alike",
    ...(dashboardUrl ? ["", `The dashboard: ${opened ?? "npm run open"}`] : []),
    ...howToLogIn(target),
  ].join("\n");
}
