import type { Agent } from "#config/agent-schema";
import { readAgents } from "#config/agents";
import { overBudget, type Workload } from "#config/budget";
import { flows, networkOf, PORTS } from "#config/flows";
import { hash } from "#config/hash";
import { imageReference, parseLock } from "#config/images";
import { ConfigError, explain, hint, keyText, type Path, type Problem } from "#config/problems";
import { type StackSettings, stackSchema } from "#config/schema";
import type { Image, Resources } from "#config/shapes";
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

export type Stack = ReturnType<typeof plan>;
export type AgentPlan = Stack["agents"][number];

const RELEASE_CHECK_RESOURCES: Resources = {
  requests: { cpu: "50m", memory: "96Mi", "ephemeral-storage": "16Mi" },
  limits: { cpu: "500m", memory: "192Mi", "ephemeral-storage": "64Mi" },
};

/** Seconds for clients to notice that a pod leaves: sessions need longer than single requests. */
const DRAIN_SECONDS = { stateless: 5, sessionful: 10 };

/** Checks everything and decides what to deploy. Throws a ConfigError that lists every problem. */
export function resolveStack(sources: Sources): Stack {
  const stackFile = readYaml(sources.stackFile.name, sources.stackFile.text);
  const at = (path: Path, message: string): Problem => {
    const [top, ...rest] = path;
    const key = `${sources.project}:${top}`;
    return stackFile.problemAt(["config", key, ...rest], message, keyText([key, ...rest]));
  };
  const read = readAgents(sources.agentFiles);
  const problems = [...read.problems];
  const parsed = stackSchema.safeParse(values(sources.settings), { reportInput: true });
  if (!parsed.success) {
    const found = explain(stackSchema, parsed.error);
    throw new ConfigError([...found.map(({ path, message }) => at(path, message)), ...problems]);
  }
  const settings = parsed.data;
  const agents = read.agents.map((agent) => ({ ...agent, ...settings.agents[agent.name] }));
  const names = agents.map(({ name }) => name);
  for (const [name, { replicas = 1 }] of Object.entries(settings.agents)) {
    const agent = agents.find((one) => one.name === name);
    if (!agent && read.problems.length === 0) {
      problems.push(at(["agents", name], `there is no agent of this name${hint(name, names)}`));
    }
    if (agent?.profile === "sessionful" && replicas > 1) {
      const message = `found ${replicas}; a sessionful agent has its sessions in one process: set it to 1`;
      problems.push(at(["agents", name, "replicas"], message));
    }
  }
  const over = overBudget(
    settings.guardrails,
    workloads(settings, agents),
    settings.postgres.storage.size,
  );
  problems.push(...over.map(({ path, message }) => at(path, message)));
  const lock = readLock(settings, sources, (message) =>
    problems.push(at(["images", "lock"], message)),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return plan(settings, agents, (image) => imageReference(image, settings.images.registry, lock));
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

function workloads(settings: StackSettings, agents: readonly Agent[]): Workload[] {
  const { postgres, registry } = settings;
  return [
    { name: "postgres", pods: 1, resources: postgres.resources },
    { name: "registry", pods: registry.replicas + 1, resources: registry.resources },
    { name: "release-check", pods: 1, resources: RELEASE_CHECK_RESOURCES },
    ...agents.map(({ name, replicas, resources }) => ({ name, pods: replicas + 1, resources })),
  ];
}

function plan(settings: StackSettings, files: Agent[], reference: (image: Image) => string) {
  const { namespace, context, guardrails, placement } = settings;
  const graph = flows(files);
  const host = (name: string) => `${name}.${namespace}.svc`;
  const registryUrl = `http://${host("registry")}:${PORTS.registry}`;
  const postgres = {
    ...settings.postgres,
    image: reference(settings.postgres.image),
    network: networkOf("postgres", graph),
  };
  const registry = {
    ...settings.registry,
    image: reference(settings.registry.image),
    declaredAgents: files
      .filter(({ mode, tools }) => mode === "vanilla" && tools.length > 0)
      .map((agent) => declaration(agent, namespace, host(agent.name))),
    placement,
    network: networkOf("registry", graph),
  };
  const agents = files.map(({ name, tools, dependencies, check, ...agent }) => ({
    name,
    url: `http://${host(name)}:${PORTS.agent}/mcp`,
    check,
    values: {
      ...agent,
      image: reference(agent.image),
      drainSeconds: DRAIN_SECONDS[agent.profile],
      config: agent.config ?? {},
      registryUrl,
      placement,
      network: networkOf(name, graph),
    },
  }));
  return {
    namespace,
    context,
    guardrails,
    postgres,
    registry,
    agents,
    releaseCheck: {
      image: reference(settings.releaseCheck.image),
      timeoutSeconds: settings.releaseCheck.timeoutSeconds,
      targets: agents.map(({ name, url, check }) => ({ name, url, ...check })),
      egress: networkOf("release-check", graph).egress,
      resources: RELEASE_CHECK_RESOURCES,
      /** Another value whenever there is something new to prove. */
      proves: hash({ postgres, registry, agents }),
    },
    outputs: {
      registryUrl,
      agents: Object.fromEntries(
        agents.map(({ name, url, values: { mode, profile } }) => [name, { url, mode, profile }]),
      ),
      images: Object.fromEntries([
        ["postgres", postgres.image],
        ["registry", registry.image],
        ...agents.map(({ name, values }) => [name, values.image]),
      ]),
      nextSteps: [
        `kubectl --namespace ${namespace} get pods`,
        ...agents
          .slice(-1)
          .map(({ name }) => `kubectl --namespace ${namespace} port-forward service/${name} 8080`),
      ],
    },
  };
}

/** What an unmodified server would say if it registered itself. */
function declaration({ name, version, tools }: Agent, namespace: string, host: string) {
  return {
    agent_id: name,
    name,
    version,
    namespace,
    http_host: host,
    http_port: PORTS.agent,
    tools: tools.map((tool) => ({
      function_name: tool.name,
      capability: tool.capability,
      version: tool.version,
      tags: tool.tags,
    })),
  };
}
