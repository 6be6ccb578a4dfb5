import { type LabelSelector, list } from "#model/kubernetes";
import { type Pod, podOf } from "#model/pod";
import { fromManifest, type Subject } from "#model/subject";

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
