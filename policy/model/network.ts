import { type Graph, namespaceOf } from "#model/graph";
import { list } from "#model/kubernetes";
import {
  closes,
  type Direction,
  type Flow,
  opens,
  type Peer,
  peersOf,
  specOf,
} from "#model/network-policy";
import type { Pod } from "#model/pod";
import { matches } from "#model/selector";
import { nameOf, type Subject } from "#model/subject";

/** Every namespace has it, with its own name. */
const nameLabel = "kubernetes.io/metadata.name";

/** The NetworkPolicies of a stack, and what they let through, as Kubernetes adds them up. */
export class Network {
  readonly policies: readonly Subject[];
  /** The pods on the cluster's network: policies do not bind one that uses the node's. */
  readonly pods: readonly Pod[];
  private readonly namespaces: ReadonlyMap<string, Record<string, string>>;
  private readonly policiesIn: ReadonlyMap<string, readonly Subject[]>;
  private readonly podsIn: ReadonlyMap<string, readonly Pod[]>;
  private readonly found = new Map<Pod, readonly Subject[]>();

  constructor(graph: Graph) {
    this.policies = graph.of("networking.k8s.io/NetworkPolicy");
    this.pods = graph.pods.filter(({ spec }) => spec.hostNetwork !== true);
    this.policiesIn = Map.groupBy(this.policies, namespaceOf);
    this.podsIn = Map.groupBy(this.pods, ({ subject }) => namespaceOf(subject));
    this.namespaces = new Map(
      graph
        .of("Namespace")
        .map((subject) => [nameOf(subject).name, subject.body.metadata?.labels ?? {}]),
    );
  }

  /** The policies about a pod; one without a selector is about all of its namespace. */
  about(pod: Pod): readonly Subject[] {
    const own = this.policiesIn.get(namespaceOf(pod.subject)) ?? [];
    const found =
      this.found.get(pod) ??
      own.filter((policy) => matches(specOf(policy).podSelector ?? {}, pod.metadata.labels ?? {}));
    this.found.set(pod, found);
    return found;
  }

  /** The pods that a policy is about. */
  selected(policy: Subject): Pod[] {
    const near = this.podsIn.get(namespaceOf(policy)) ?? [];
    return near.filter((pod) => this.about(pod).includes(policy));
  }

  /** The pods of the stack that a peer of a policy stands for. */
  peers(peer: Peer, policy: Subject): Pod[] {
    const name = peer.namespaceSelector?.matchLabels?.[nameLabel];
    const all = name === undefined ? this.podsIn.keys() : [name];
    const namespaces = peer.namespaceSelector ? [...all] : [namespaceOf(policy)];
    return namespaces
      .flatMap((namespace) => this.podsIn.get(namespace) ?? [])
      .filter((pod) => this.isPeer(peer, policy, pod));
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
    const labels = { ...this.namespaces.get(namespace), [nameLabel]: namespace };
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
