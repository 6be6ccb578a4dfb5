import { type Agent, sessions } from "#config/agent-schema";
import { type AgentValues, agent as agentChart } from "#config/charts/agent";
import type { Global, ImagePart, NetworkPart, PodPart } from "#config/charts/common";
import type { FoundationValues } from "#config/charts/foundation";
import type { PostgresValues } from "#config/charts/postgres";
import type { RegistryValues } from "#config/charts/registry";
import {
  type ReleaseCheckValues,
  releaseCheck as releaseCheckChart,
} from "#config/charts/release-check";
import { dashboardOf, loginOf, showPassword } from "#config/dashboard";
import {
  databaseApplication,
  databaseConnection,
  databaseNetwork,
  databaseValues,
} from "#config/database";
import { type Flow, flows, networkOf, PORTS } from "#config/flows";
import { hash } from "#config/hash";
import { imageReference } from "#config/images";
import {
  discoveryOf,
  logsRelease,
  observabilityValues,
  operatorRelease,
  PROMETHEUS,
  prometheusUrl,
  tracingOf,
} from "#config/monitoring";
import { registryEnv } from "#config/region";
import { scalingOf } from "#config/scaling";
import type { StackSettings } from "#config/schema";
import type { Autoscaling, Image } from "#config/shapes";

/** Seconds for clients to notice that a pod leaves: sessions need longer than single requests. */
const DRAIN_SECONDS = { stateless: 5, sessionful: 10 };

/** What a stateless workload's chart takes besides its own values. */
const PLAIN = {
  labels: {},
  annotations: {},
  serviceAccount: { name: "", annotations: {} },
  service: { annotations: {} },
};

export type Stack = ReturnType<typeof plan>;
export type AgentPlan = Stack["agents"][number];

/** Decides what to deploy: what each chart takes, and what the stack tells a person. */
export function plan(
  settings: StackSettings,
  files: readonly Agent[],
  imageOf: (image: Image) => ImagePart,
  pinned: (image: ImagePart) => ImagePart,
) {
  const { namespace, context, placement } = settings;
  const global = globalOf(settings);
  const graph = flows(files, partsOf(settings));
  const host = (name: string) => `${name}.${namespace}.svc`;
  const registryUrl = `http://${host("registry")}:${PORTS.registry}`;
  const pod = (part: PodPart, kind: "data" | "registry" | "agents"): PodPart => {
    if (part.priorityClassName !== "" || !settings.guardrails.priorityClasses) return part;
    return { ...part, priorityClassName: `${namespace}-${kind}` };
  };
  const common = { ...PLAIN, global, placement };
  const gatewaysOf = (part: { route?: unknown; ingress?: unknown } = {}) =>
    part.route || part.ingress ? settings.network.gateways : [];

  const foundation: FoundationValues = { ...settings.guardrails, global };
  const server = databaseValues(settings.postgres, mostReplicas(settings.registry));
  const postgres: PostgresValues | undefined = server && {
    ...common,
    ...server,
    env: {},
    image: imageOf(settings.postgres.image),
    pod: pod(settings.postgres.pod, "data"),
    exporter: { ...settings.postgres.exporter, image: pinned(settings.postgres.exporter.image) },
    superuser: { existingSecret: "postgres-superuser" },
    tls: { existingSecret: "postgres-tls" },
    replication: { existingSecret: "postgres-replication" },
    application: databaseApplication(settings.postgres.mode),
    network: { ...networkPart("postgres", graph), outside: settings.postgres.outside },
  };
  const registry: RegistryValues = {
    ...common,
    ...settings.registry,
    ...scalingOf(settings, settings.registry.autoscaling),
    ...tracingOf(settings),
    image: imageOf(settings.registry.image),
    pod: pod(settings.registry.pod, "registry"),
    env: { ...settings.registry.env, ...registryEnv(settings.region) },
    database: databaseConnection(settings.postgres, settings.rotation.databaseLogin),
    declaredAgents: files
      .filter(({ mode, tools }) => mode === "vanilla" && tools.length > 0)
      .map((agent) => declaration(agent, namespace, host(agent.name))),
    network: {
      ...networkPart("registry", graph, gatewaysOf(settings.registry)),
      ...databaseNetwork(settings.postgres),
    },
  };
  const dashboard = dashboardOf(settings, (part) => ({
    ...common,
    image: imageOf(part.image),
    pod: pod(part.pod, "agents"),
    registryUrl,
    network: networkPart("dashboard", graph, gatewaysOf(part)),
  }));
  const login = dashboard && loginOf(dashboard.auth);
  const checkImage = imageOf(settings.releaseCheck.image);
  const { relay } = agentChart.parse({});
  const agents = files.map(({ name, tools: _tools, dependencies: _dependencies, ...agent }) => {
    const own = settings.agents[name];
    const values: AgentValues = {
      ...common,
      ...agent,
      image: imageOf(agent.image),
      checkImage,
      replicas: own?.replicas ?? agent.replicas,
      ...scalingOf(settings, own?.autoscaling),
      ...(agent.mode === "mesh" ? tracingOf(settings) : {}),
      resources: own?.resources ?? agent.resources,
      env: { ...agent.env, ...own?.env },
      pod: pod(own?.pod ?? EMPTY_POD, "agents"),
      drainSeconds: DRAIN_SECONDS[agent.profile],
      sessions: sessions.parse(agent.sessions ?? {}),
      relay: { ...relay, image: pinned(relay.image) },
      config: agent.config ?? {},
      registryUrl,
      ...(own?.route ? { route: own.route } : {}),
      ...(own?.ingress ? { ingress: own.ingress } : {}),
      network: networkPart(name, graph, gatewaysOf(own)),
    };
    return { name, url: `http://${host(name)}:${PORTS.agent}/mcp`, check: agent.check, values };
  });
  const readers = networkOf(PROMETHEUS.name, graph).ingress;
  const observability = observabilityValues(settings, global, readers, pinned);
  const kubePrometheusStack = operatorRelease(settings, global);
  const logs = logsRelease(settings, global);
  // A standby region's registry wires nobody, so that who needs others can't prove itself.
  const standby = settings.region?.role === "standby";
  const proven = files.filter(({ dependencies }) => !standby || dependencies.length === 0);
  const proves = (name: string) => proven.some((agent) => agent.name === name);
  const reference = (image: ImagePart) => imageReference(image, global.imageRegistry);
  const { egress, ...inward } = networkPart("release-check", graph);
  const releaseCheck: ReleaseCheckValues = {
    ...releaseCheckChart.parse({
      proves: hash({ postgres, registry, agents, rotation: settings.rotation }),
    }),
    global,
    image: checkImage,
    timeoutSeconds: settings.releaseCheck.timeoutSeconds,
    rollback: settings.releaseCheck.rollback,
    targets: agents
      .filter(({ name }) => proves(name))
      .map(({ name, url, check }) => ({ name, url, ...check })),
    network: { ...inward, egress: egress.filter(({ to }) => proves(to)) },
  };
  return {
    namespace,
    context,
    global,
    foundation,
    ...(postgres ? { postgres } : {}),
    database: databaseArgs(settings),
    ...(settings.admission ? { admission: settings.admission } : {}),
    protect: settings.postgres.protect && settings.postgres.mode !== "external",
    ...(settings.region ? { region: settings.region } : {}),
    registry,
    agents,
    ...(dashboard ? { dashboard } : {}),
    sessionKey: settings.rotation.dashboardSession,
    ...(observability ? { observability } : {}),
    ...(kubePrometheusStack ? { kubePrometheusStack } : {}),
    ...(logs ? { logs } : {}),
    releaseCheck,
    outputs: {
      registryUrl,
      dashboardUrl: dashboard && `http://${host("dashboard")}:${PORTS.dashboard}`,
      dashboardLogin: login,
      prometheusUrl: prometheusUrl(settings),
      agents: Object.fromEntries(
        agents.map(({ name, url, values: { mode, profile } }) => [name, { url, mode, profile }]),
      ),
      images: Object.fromEntries([
        ...(postgres ? [["postgres", reference(postgres.image)]] : []),
        ["registry", reference(registry.image)],
        ...(dashboard ? [["dashboard", reference(dashboard.image)]] : []),
        ...agents.map(({ name, values }) => [name, reference(values.image)]),
      ]),
      nextSteps: [
        `kubectl --namespace ${namespace} get pods`,
        ...(dashboard
          ? [`kubectl --namespace ${namespace} port-forward service/dashboard ${PORTS.dashboard}`]
          : []),
        ...(login ? [`kubectl --namespace ${namespace} ${showPassword(login.secret)}`] : []),
        ...agents
          .slice(-1)
          .map(({ name }) => `kubectl --namespace ${namespace} port-forward service/${name} 8080`),
      ],
    },
  };
}

/** Which optional parts a stack has in its own namespace. */
export const partsOf = (settings: StackSettings) => ({
  database: settings.postgres.mode !== "external",
  dashboard: settings.dashboard !== undefined,
  prometheus: settings.monitoring.mode === "bundled" ? PROMETHEUS : undefined,
});

/** The share of an agent's replicas by which there may be more while an update runs. */
export const AGENT_SURGE = 0.25;

/** While an update runs, there is at least one more than the replicas. */
export function mostReplicas(
  { replicas, autoscaling }: { replicas: number; autoscaling?: Autoscaling | undefined },
  surge = 0,
): number {
  const most = autoscaling?.maxReplicas ?? replicas;
  return most + Math.max(1, Math.ceil(most * surge));
}

/** What the chart does not know of the database. */
function databaseArgs({ postgres, rotation }: StackSettings) {
  const { mode, protect } = postgres;
  const connection = databaseConnection(postgres, rotation.databaseLogin);
  return {
    mode,
    protect,
    login: rotation.databaseLogin,
    authority: rotation.databaseAuthority,
    ...(mode === "external" ? { external: connection } : {}),
  };
}

const EMPTY_POD: PodPart = {
  labels: {},
  annotations: {},
  volumes: [],
  volumeMounts: [],
  nodeSelector: {},
  tolerations: [],
  priorityClassName: "",
};

function globalOf({ labels, annotations, images, network, storage, monitoring }: StackSettings) {
  return {
    imageRegistry: images.mirror,
    imagePullSecrets: images.pullSecrets,
    labels,
    annotations,
    storageClass: storage.class,
    ipFamilyPolicy: network.ipFamilyPolicy,
    serviceMesh: network.serviceMesh,
    ...discoveryOf(monitoring),
    dns: network.dns,
  } satisfies Global;
}

function networkPart(
  name: string,
  graph: readonly Flow[],
  gateways: NetworkPart["gateways"] = [],
): NetworkPart {
  return { ...networkOf(name, graph), gateways, outside: [] };
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
