import { ofKind, type Rendered } from "#test/support/charts";

type Labels = Record<string, string>;
interface Peer {
  podSelector?: { matchLabels?: Labels };
  namespaceSelector?: unknown;
  ipBlock?: unknown;
}
export interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { port: number; protocol?: string }[];
}

const WORKLOADS = ["Deployment", "StatefulSet", "Job"];
const NAME = "app.kubernetes.io/name";

/** A kind of pod among the rendered objects. */
export interface Kind {
  name: string;
  labels: Labels;
  /** The ports that its containers say they listen on. */
  ports: number[];
}

export function podKinds(objects: readonly Rendered[]): Kind[] {
  return objects
    .filter(({ kind }) => WORKLOADS.includes(kind))
    .map(({ spec }) => {
      const { metadata, spec: pod } = spec.template;
      const containers: { ports?: { containerPort: number }[] }[] = [
        ...(pod.initContainers ?? []),
        ...pod.containers,
      ];
      const ports = containers.flatMap(({ ports = [] }) => ports.map((port) => port.containerPort));
      return { name: metadata.labels[NAME], labels: metadata.labels, ports };
    });
}

/** What the namespace's policies let through between its pods, as `from > to:port`, by direction. */
export function openFlows(objects: readonly Rendered[]): { out: Set<string>; in: Set<string> } {
  const kinds = podKinds(objects);
  const flows = { out: new Set<string>(), in: new Set<string>() };
  for (const from of kinds) {
    for (const to of kinds.filter((kind) => kind !== from)) {
      for (const port of to.ports) {
        const flow = `${from.name} > ${to.name}:${port}`;
        if (lets(rulesFor(objects, from, "egress"), "to", to, port)) flows.out.add(flow);
        if (lets(rulesFor(objects, to, "ingress"), "from", from, port)) flows.in.add(flow);
      }
    }
  }
  return flows;
}

function rulesFor(objects: readonly Rendered[], kind: Kind, way: "ingress" | "egress"): Rule[] {
  return ofKind(objects, "NetworkPolicy")
    .filter(({ spec }) => fits(spec.podSelector.matchLabels ?? {}, kind.labels))
    .flatMap(({ spec }) => spec[way] ?? []);
}

function lets(rules: Rule[], side: "from" | "to", kind: Kind, port: number): boolean {
  return rules.some(
    (rule) =>
      (rule.ports === undefined || rule.ports.some((each) => each.port === port)) &&
      (rule[side] ?? []).some(
        ({ podSelector, namespaceSelector }) =>
          podSelector && !namespaceSelector && fits(podSelector.matchLabels ?? {}, kind.labels),
      ),
  );
}

/** Whether a selector by labels selects what has these labels. */
export const fits = (selector: Labels, labels: Labels) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
