import { type Graph, namespaceOf } from "#model/graph";
import { type LabelSelector, list } from "#model/kubernetes";
import { type Pod, podOf } from "#model/pod";
import { matches } from "#model/selector";
import { fromManifest, nameOf, type Subject } from "#model/subject";

export type Direction = "ingress" | "egress";
export const directions: readonly Direction[] = ["ingress", "egress"];

export interface Peer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr?: string; except?: string[] };
}

export interface PolicyPort {
  protocol?: string;
  port?: number | string;
  endPort?: number;
}

export interface PolicyRule {
  from?: Peer[];
  to?: Peer[];
  ports?: PolicyPort[];
}

export interface NetworkPolicySpec {
  podSelector?: LabelSelector;
  policyTypes?: string[];
  ingress?: PolicyRule[];
  egress?: PolicyRule[];
}

/** One direction of traffic between two pods, on a port of the second one. */
export interface Flow {
  from: Pod;
  to: Pod;
  port: number;
  protocol: string;
}

export const networkPolicyKind = "networking.k8s.io/NetworkPolicy";

export function specOf({ body }: Subject): NetworkPolicySpec {
  return (body.spec ?? {}) as NetworkPolicySpec;
}

/** Whom a rule names on the far side; a rule that names nobody means everybody. */
export function peersOf(rule: PolicyRule | null, direction: Direction): Peer[] {
  return list(direction === "ingress" ? rule?.from : rule?.to).map((peer) => peer ?? {});
}

/** Whether a policy closes this direction, with the types that Kubernetes adds where it has none. */
export function closes(spec: NetworkPolicySpec, direction: Direction): boolean {
  const types = list(spec.policyTypes);
  if (types.length > 0) return types.includes(direction === "ingress" ? "Ingress" : "Egress");
  return direction === "ingress" || list(spec.egress).length > 0;
}

/** A pod that is not of the stack, as a peer of flows. */
export function podElsewhere(namespace: string, labels: object, ports: object[]): Pod {
  const metadata = { name: "elsewhere", namespace, labels };
  const spec = { containers: [{ ports }] };
  const [subject] = fromManifest({ apiVersion: "v1", kind: "Pod", metadata, spec });
  return podOf(subject as Subject) as Pod;
}

/** The ports on which a pod says that it listens. */
export function portsOf({ spec }: Pod): { name: string; port: number; protocol: string }[] {
  return [...list(spec.containers), ...list(spec.initContainers)].flatMap((container) =>
    list(container?.ports).flatMap((each) =>
      typeof each?.containerPort === "number"
        ? [
            {
              name: each.name ?? "",
              port: each.containerPort,
              protocol: each.protocol ?? "TCP",
            },
          ]
        : [],
    ),
  );
}

/** Whether a rule's list of ports has this one; names are those of the pod that listens. */
export function opens(ports: PolicyPort[] | undefined, { to, port, protocol }: Flow): boolean {
  return (
    list(ports).length === 0 ||
    list(ports).some((each) => {
      if ((each?.protocol ?? "TCP") !== protocol) return false;
      const wanted = each?.port;
      if (wanted === undefined || wanted === null) return true;
      if (typeof wanted === "number") return wanted <= port && port <= (each.endPort ?? wanted);
      const named = portsOf(to).filter(({ name }) => name === wanted);
      return named.some((own) => own.port === port && own.protocol === protocol);
    })
  );
}

/** The NetworkPolicies of a stack, and what they let through, as Kubernetes adds them up. */
export class Network {
  readonly policies: readonly Subject[];
  /** The pods on the cluster's network: policies do not bind one that uses the node's. */
  readonly pods: readonly Pod[];
  private readonly namespaces: ReadonlyMap<string, Record<string, string>>;
  private readonly byNamespace: ReadonlyMap<string, readonly Subject[]>;

  constructor(graph: Graph) {
    this.policies = graph.of(networkPolicyKind);
    this.pods = graph.pods.filter(({ spec }) => spec.hostNetwork !== true);
    this.byNamespace = Map.groupBy(this.policies, namespaceOf);
    this.namespaces = new Map(
      graph
        .of("Namespace")
        .map((subject) => [nameOf(subject).name, subject.body.metadata?.labels ?? {}]),
    );
  }

  /** The policies about a pod; one without a selector is about all of its namespace. */
  about(pod: Pod): readonly Subject[] {
    const own = this.byNamespace.get(namespaceOf(pod.subject)) ?? [];
    return own.filter((policy) =>
      matches(specOf(policy).podSelector ?? {}, pod.metadata.labels ?? {}),
    );
  }

  /** The policies that close a direction of a pod: it is open where there is none. */
  closing(pod: Pod, direction: Direction): Subject[] {
    return this.about(pod).filter((policy) => closes(specOf(policy), direction));
  }

  /** Whether a peer of a policy is this pod. Blocks of addresses are outside of the cluster. */
  isPeer(peer: Peer, policy: Subject, pod: Pod): boolean {
    const { podSelector, namespaceSelector } = peer;
    if (peer.ipBlock || (!podSelector && !namespaceSelector)) return false;
    const namespace = namespaceOf(pod.subject);
    const labels = { ...this.namespaces.get(namespace), "kubernetes.io/metadata.name": namespace };
    const there = namespaceSelector
      ? matches(namespaceSelector, labels)
      : namespaceOf(policy) === namespace;
    return there && (!podSelector || matches(podSelector, pod.metadata.labels ?? {}));
  }

  /** Whether the policies of one end let a flow through: out of `from`, or into `to`. */
  lets(direction: Direction, flow: Flow): boolean {
    const [own, other] = direction === "ingress" ? [flow.to, flow.from] : [flow.from, flow.to];
    const policies = this.closing(own, direction);
    if (policies.length === 0) return true;
    return policies.some((policy) =>
      list(specOf(policy)[direction]).some((rule) => {
        const peers = peersOf(rule, direction);
        const meant = peers.length === 0 || peers.some((peer) => this.isPeer(peer, policy, other));
        return meant && opens(rule?.ports, flow);
      }),
    );
  }

  allows(flow: Flow): boolean {
    return this.lets("egress", flow) && this.lets("ingress", flow);
  }
}
