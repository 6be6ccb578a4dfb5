import type { Agent } from "#config/agent-schema";
import { type AgentFiles, readAgents } from "#config/agents";
import { overBudget, type Workload } from "#config/budget";
import { agent } from "#config/charts/agent";
import { releaseCheck } from "#config/charts/release-check";
import { closedFlows, unreached } from "#config/closed-flows";
import { dashboardProblems } from "#config/dashboard";
import { databaseNeeds, databaseProblems } from "#config/database";
import { type Flow, flows } from "#config/flows";
import { imagePartOf, parseLock, pinnedPart } from "#config/images";
import { monitoringNeeds } from "#config/monitoring";
import { AGENT_SURGE, mostReplicas, type Stack as Planned, partsOf, plan } from "#config/plan";
import {
  ConfigError,
  explain,
  hint,
  keyText,
  type Path,
  type Problem,
  problemLine,
} from "#config/problems";
import { rotationProblems } from "#config/rotation";
import { scalingProblems } from "#config/scaling";
import { type StackSettings, stackSchema } from "#config/schema";
import type { Autoscaling, Resources } from "#config/shapes";
import { declaredVariables, unusedVariables } from "#config/stack-variables";
import { readYaml } from "#config/yaml-file";

/** Everything that a stack's configuration is made of, as text. */
export interface Sources {
  project: string;
  /** The stack's settings without the project's name: JSON for objects, plain text otherwise. */
  settings: Record<string, string>;
  /** The file that the settings came from, to name lines in it. */
  stackFile: { name: string; text: string };
  agentFiles: { name: string; text: string }[];
  /** Gives a file's text, or undefined if there is none. */
  readLock: (name: string) => string | undefined;
}

export type { AgentPlan } from "#config/plan";
/** What to deploy, and what is worth a look. */
export type Stack = Planned & { warnings: string[] };

/** Checks everything and decides what to deploy. Throws a ConfigError that lists every problem. */
export function resolveStack(sources: Sources): Stack {
  const stackFile = readYaml(sources.stackFile.name, sources.stackFile.text);
  const at = (path: Path, message: string): Problem => {
    const [top, ...rest] = path;
    const key = `${sources.project}:${top}`;
    return stackFile.problemAt(["config", key, ...rest], message, keyText([key, ...rest]));
  };
  const given = values(sources.settings);
  const variables = declaredVariables(given.variables, stackFile, sources.project);
  const read = readAgents(sources.agentFiles, variables.known, unwanted(given.agents));
  const problems = [...variables.problems, ...read.problems];
  const parsed = stackSchema.safeParse(given, { reportInput: true });
  if (!parsed.success) {
    const found = explain(stackSchema, parsed.error);
    throw new ConfigError([...found.map(({ path, message }) => at(path, message)), ...problems]);
  }
  const settings = parsed.data;
  const { agents } = read;
  problems.push(...unusedVariables(settings.variables, read).map((each) => at(...each)));
  problems.push(...overrides(settings, read, at));
  problems.push(...scalingProblems(settings, agents).map(({ path, message }) => at(path, message)));
  problems.push(...unreachable(settings).map((path) => at(path, UNREACHABLE)));
  const page = settings.dashboard ? dashboardProblems(settings.dashboard) : [];
  problems.push(...page.map(({ path, message }) => at(["dashboard", ...path], message)));
  const fixed = rotationProblems(settings);
  problems.push(...fixed.map(({ path, message }) => at(["rotation", ...path], message)));
  const database = databaseProblems(settings.postgres, mostReplicas(settings.registry));
  problems.push(...database.map(({ path, message }) => at(["postgres", ...path], message)));
  const volumes = [
    ...databaseNeeds(settings.postgres).volumes,
    ...monitoringNeeds(settings.monitoring).volumes,
  ];
  const over = overBudget(settings.guardrails, workloads(settings, agents), volumes);
  problems.push(...over.map(({ path, message }) => at(path, message)));
  const graph = flows(agents, partsOf(settings));
  for (const { agent, path, message } of closedFlows(agents, graph, settings.namespace)) {
    problems.push(read.at(agent, path, message));
  }
  const lock = readLock(settings, sources, (message) =>
    problems.push(at(["images", "lock"], message)),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  const planned = plan(
    settings,
    agents,
    (image) => imagePartOf(image, settings.images.registry, lock),
    (part) => pinnedPart(part, lock),
  );
  return { ...planned, warnings: warnings(settings, agents, graph, read.at) };
}

/** What is no mistake by itself: an agent that nobody can call, in a stack that is open to some. */
function warnings(
  settings: StackSettings,
  agents: readonly Agent[],
  graph: readonly Flow[],
  at: AgentFiles["at"],
): string[] {
  if (settings.network.gateways.length === 0) return [];
  const exposed = (name: string) => {
    const own = settings.agents[name];
    return own?.route !== undefined || own?.ingress !== undefined;
  };
  return unreached(agents, graph, exposed).map(({ agent, path, message }) =>
    problemLine(at(agent, path, message)),
  );
}

/** What is wrong with what the stack sets otherwise than the agents' files. */
function overrides(
  settings: StackSettings,
  { agents, absent, problems }: AgentFiles,
  at: (path: Path, message: string) => Problem,
): Problem[] {
  const names = agents.map(({ name }) => name);
  return Object.entries(settings.agents).flatMap(([name, { replicas = 1, autoscaling }]) => {
    const agent = agents.find((one) => one.name === name);
    if (!agent) {
      if (problems.length > 0 || absent.has(name)) return [];
      return at(["agents", name], `there is no agent of this name${hint(name, names)}`);
    }
    if (agent.profile !== "sessionful") return [];
    const one = "a sessionful agent has its sessions in one process";
    return [
      ...(replicas > 1
        ? [at(["agents", name, "replicas"], `found ${replicas}; ${one}: set it to 1`)]
        : []),
      ...(autoscaling ? [at(["agents", name, "autoscaling"], `${one}: leave it out`)] : []),
    ];
  });
}

/** The agents that a stack says it does without, read before its settings are known to be right. */
function unwanted(agents: unknown): Set<string> {
  const entries = typeof agents === "object" && agents !== null ? Object.entries(agents) : [];
  return new Set(entries.filter(([, own]) => own?.deploy === false).map(([name]) => name));
}

/** Objects come as JSON; a plain word, such as a namespace, comes as itself. */
function values(settings: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, text]) => {
      if (!/^\s*[[{]/.test(text)) return [key, text];
      return [key, JSON.parse(text) as unknown];
    }),
  );
}

function readLock(settings: StackSettings, sources: Sources, refuse: (message: string) => void) {
  const file = settings.images.lock;
  const text = file === undefined ? undefined : sources.readLock(file);
  if (file === undefined || text === undefined) return {};
  try {
    return parseLock(file, text);
  } catch (error) {
    refuse((error as Error).message);
    return {};
  }
}

const UNREACHABLE =
  "nothing could reach it: network.gateways names no pods; name those of the gateway or controller";

/** The routes and ingresses before which the network policy is closed. */
function unreachable({ network, registry, dashboard, agents }: StackSettings): Path[] {
  if (network.gateways.length > 0) return [];
  const parts: [Path, { route?: unknown; ingress?: unknown }][] = [
    [["registry"], registry],
    [["dashboard"], dashboard ?? {}],
    ...Object.entries(agents).map(([name, own]): [Path, typeof own] => [["agents", name], own]),
  ];
  return parts.flatMap(([path, part]) =>
    (["route", "ingress"] as const).filter((key) => part[key]).map((key) => [...path, key]),
  );
}

/** Each kind of pod at its most: what scales, scaled up, and one more while it is updated. */
function workloads(settings: StackSettings, files: readonly Agent[]) {
  const { postgres, registry, dashboard, agents } = settings;
  const scaled = (
    name: string,
    replicas: number,
    autoscaling: Autoscaling | undefined,
    resources: Resources,
    surge = 0,
  ) => ({ name, pods: mostReplicas({ replicas, autoscaling }, surge), resources });
  const { relay } = agent.parse({});
  return [
    ...monitoringNeeds(settings.monitoring).workloads,
    ...databaseNeeds(postgres).workloads,
    { name: "release-check", pods: 1, resources: releaseCheck.parse({}).resources },
    ...[["registry", registry] as const, ["dashboard", dashboard] as const].flatMap(
      ([name, part]) =>
        part ? [scaled(name, part.replicas, part.autoscaling, part.resources)] : [],
    ),
    ...files.map(({ name, replicas, resources }) => {
      const own = agents[name];
      const most = own?.replicas ?? replicas;
      return scaled(name, most, own?.autoscaling, own?.resources ?? resources, AGENT_SURGE);
    }),
    ...files
      .filter(({ profile }) => profile === "sessionful")
      .map(({ name }) => ({ name: `the relay of ${name}`, pods: 2, resources: relay.resources })),
  ] satisfies Workload[];
}
