import { mostPods } from "#model/demand";
import { type Graph, labelsOf } from "#model/graph";
import { type Container, list } from "#model/kubernetes";
import { containersOf, type Pod } from "#model/pod";
import { matches } from "#model/selector";
import { nameOf, type Subject, shown, specOf } from "#model/subject";

/** A database server that shows how many connections it takes. */
export interface Server {
  subject: Subject;
  path: string;
  connections: number;
  /** What clients write to reach it. */
  host: RegExp;
}

/** What the containers of a workload open at most, all its pods together. */
export interface Client {
  subject: Subject;
  pods: number;
  each: number;
  values: string[];
}

export interface Pools {
  /** Environment variables that hold the size of a container's pool. */
  variables: string[];
  /** Sizes that no manifest shows, by workload. */
  pools: { workload: string; connections: number }[];
}

const cluster = "postgresql.cnpg.io/Cluster";
const inArguments = /\bmax[-_]connections[= ]+(\d+)/;
const inVariables = /^(POSTGRES|POSTGRESQL|MYSQL|MARIADB)_MAX_CONNECTIONS$/;
/** Of pgx, Prisma and SQLAlchemy. */
const inUrls = /[?&](?:pool_max_conns|connection_limit|pool_size)=(\d+)/;

/** The servers whose limit an argument, an environment variable or CloudNativePG's field shows. */
export function serversOf(graph: Graph): Server[] {
  const clusters = graph.of(cluster).flatMap((subject) => {
    const { postgresql } = specOf<{ postgresql: { parameters?: Record<string, unknown> } }>(
      subject,
    );
    const connections = Number(postgresql?.parameters?.max_connections);
    const path = "spec.postgresql.parameters.max_connections";
    const { name } = nameOf(subject);
    const host = hostOf(subject, [name, `${name}-rw`, `${name}-ro`, `${name}-r`]);
    return Number.isNaN(connections) ? [] : [{ subject, path, connections, host }];
  });
  const pods = graph.pods.flatMap((pod) =>
    containersOf(pod).flatMap((read) => {
      const { path, container } = read();
      return limitsIn(container).map(({ at, connections }) => {
        const host = hostOf(pod.subject, [nameOf(pod.subject).name, ...servicesOf(graph, pod)]);
        return { subject: pod.subject, path: `${path}.${at}`, connections, host };
      });
    }),
  );
  return [...clusters, ...pods];
}

/** The workloads that show the size of a pool, or for which the settings know it. */
export function clientsOf(graph: Graph, { variables, pools }: Pools): Client[] {
  return graph.pods.flatMap((pod) => {
    const { subject } = pod;
    const known = pools.find(({ workload }) => workload === shown(subject))?.connections;
    const containers = list(pod.spec.containers);
    const size = containers.reduce((sum, each) => sum + poolOf(each, variables), 0);
    const each = known ?? size;
    if (each === 0) return [];
    const values = containers.flatMap(({ env }) =>
      list(env).map((variable) => `${variable?.value}`),
    );
    return [{ subject, pods: mostPods(graph, pod, 1), each, values }];
  });
}

function limitsIn({ command, args, env }: Container): { at: string; connections: number }[] {
  const texts = [
    ...list(command).map((text, index) => ({ at: `command[${index}]`, text })),
    ...list(args).map((text, index) => ({ at: `args[${index}]`, text })),
  ];
  const found = texts.flatMap(({ at, text }) => {
    const [, connections] = inArguments.exec(`${text}`) ?? [];
    return connections === undefined ? [] : [{ at, connections: Number(connections) }];
  });
  const set = list(env).flatMap((variable, index) => {
    const named = inVariables.test(variable?.name ?? "") && /^\d+$/.test(variable?.value ?? "");
    return named ? [{ at: `env[${index}].value`, connections: Number(variable.value) }] : [];
  });
  return [...found, ...set].slice(0, 1);
}

function poolOf({ env }: Container, variables: string[]): number {
  const sizes = list(env).map((variable) => {
    const value = variable?.value ?? "";
    if (variables.includes(variable?.name ?? "") && /^\d+$/.test(value)) return Number(value);
    return Number(inUrls.exec(value)?.[1] ?? 0);
  });
  return Math.max(0, ...sizes);
}

function servicesOf(graph: Graph, pod: Pod): string[] {
  const { namespace } = nameOf(pod.subject);
  return graph.in(namespace, "Service").flatMap((service) => {
    const { selector } = specOf<{ selector: Record<string, string> }>(service);
    const own = nameOf(service);
    const selects = selector && matches({ matchLabels: selector }, labelsOf(pod.metadata));
    return selects && own.namespace === namespace ? [own.name] : [];
  });
}

/** One of the names as a host of its own, alone or with namespace and the rest of a cluster's name. */
function hostOf(subject: Subject, names: string[]): RegExp {
  const namespace = literal(nameOf(subject).namespace || "default");
  const rest = `(?:\\.${namespace}(?:\\.svc(?:\\.[a-z0-9.-]+)?)?)?`;
  return new RegExp(`(?:^|[^a-z0-9.-])(?:${names.map(literal).join("|")})${rest}(?:[^a-z0-9.-]|$)`);
}

function literal(name: string): string {
  return `${name}`.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
