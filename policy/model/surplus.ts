import { namespaceOf } from "#model/graph";
import { type LabelSelector, list } from "#model/kubernetes";
import { type Network } from "#model/network";
import {
  type Direction,
  type Flow,
  opens,
  type PolicyPort,
  peersOf,
  portsOf,
  specOf,
} from "#model/network-policy";
import type { Pod } from "#model/pod";
import type { StackViolation } from "#model/rule";
import { type Subject, shown } from "#model/subject";

/**
 * Names each pod by what policies can tell of it: two with the same name are one to them, and what
 * one needs is open to both.
 */
export function namer(network: Network): (pod: Pod) => string {
  const selectors = network.policies.flatMap((policy): (LabelSelector | undefined)[] => {
    const { podSelector, ingress, egress } = specOf(policy);
    const peers = [
      ...list(ingress).flatMap((rule) => peersOf(rule, "ingress")),
      ...list(egress).flatMap((rule) => peersOf(rule, "egress")),
    ];
    return [podSelector, ...peers.map((peer) => peer.podSelector)];
  });
  const keys = new Set(
    selectors.flatMap((selector) => [
      ...Object.keys(selector?.matchLabels ?? {}),
      ...list(selector?.matchExpressions).map(({ key = "" }) => key),
    ]),
  );
  const names = new Map<Pod, string>();
  return (pod) => {
    const { subject, metadata } = pod;
    const told = () => [namespaceOf(subject), ...[...keys].map((key) => metadata.labels?.[key])];
    const name = names.get(pod) ?? JSON.stringify(told());
    names.set(pod, name);
    return name;
  };
}

/** Peers that a policy lets in, all the way from them, though `isNeeded` says nobody needs it. */
export function surplusPeers(
  network: Network,
  name: (pod: Pod) => string,
  isNeeded: (flow: Flow) => boolean,
): StackViolation[] {
  return network.policies.flatMap((policy) => {
    const targets = network.selected(policy);
    return list(specOf(policy).ingress).flatMap((rule, index) =>
      peersOf(rule, "ingress").flatMap((peer, at) => {
        const callers = network.peers(peer, policy);
        const surplus = targets
          .flatMap((to) => callers.flatMap((from) => flowsBetween(from, to, rule?.ports)))
          .filter(({ from, to }) => name(from) !== name(to))
          .find((flow) => !isNeeded(flow) && network.lets("egress", flow));
        if (!surplus) return [];
        const path = `spec.ingress[${index}].from[${at}]`;
        const message = `lets ${flowText(surplus)}, which nothing shows to be needed; remove it, or add it to the setting flows`;
        return [{ subject: policy, path, message }];
      }),
    );
  });
}

/** `Deployment mesh/web call Deployment mesh/db on 5432/TCP` */
export function flowText({ from, to, port, protocol }: Flow): string {
  return `${shown(from.subject)} call ${shown(to.subject)} on ${port}/${protocol}`;
}

function flowsBetween(from: Pod, to: Pod, ports: PolicyPort[] | undefined): Flow[] {
  return portsOf(to)
    .map(({ port, protocol }) => ({ from, to, port, protocol }))
    .filter((flow) => opens(ports, flow));
}

/** Ports of policies on which none of the pods that are meant listens. */
export function unusedPorts(network: Network, direction: Direction): StackViolation[] {
  return network.policies.flatMap((policy) =>
    list(specOf(policy)[direction]).flatMap((rule, index) => {
      const meant =
        direction === "ingress" ? network.selected(policy) : targetsOf(network, policy, index);
      if (meant.length === 0) return [];
      return list(rule?.ports).flatMap((each, at) => {
        const used = meant.some((to) =>
          portsOf(to).some(({ port, protocol }) => opens([each], { from: to, to, port, protocol })),
        );
        const path = `spec.${direction}[${index}].ports[${at}].port`;
        const message = `is ${JSON.stringify(each?.port)}, but no container that it is about has that port; remove it, or declare it`;
        return used || (each?.port ?? undefined) === undefined
          ? []
          : [{ subject: policy, path, message }];
      });
    }),
  );
}

/** The pods that a rule lets out to, if the stack shows them all: those of its own namespace. */
function targetsOf(network: Network, policy: Subject, index: number): Pod[] {
  const peers = peersOf(specOf(policy).egress?.[index] ?? {}, "egress");
  const found = peers.map((peer) => (peer.namespaceSelector ? [] : network.peers(peer, policy)));
  return found.every((pods) => pods.length > 0) ? found.flat() : [];
}
