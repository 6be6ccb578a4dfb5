import { list } from "#model/kubernetes";
import type { Network } from "#model/network";
import { opens, podElsewhere, specOf } from "#model/network-policy";
import type { Pod } from "#model/pod";
import type { StackViolation } from "#model/rule";

/** Where a cluster's pods are that answer for the names of Services. */
export const clusterDns = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };

/** A pod that calls Services by name must ask for their addresses first. */
export function withoutDns(
  pod: Pod,
  first: { path: string; words: string } | undefined,
  network: Network,
  setting: unknown,
): StackViolation[] {
  if (!first) return [];
  const { namespace, labels } = { ...clusterDns, ...(setting as object | undefined) };
  const ports = [{ name: "dns", containerPort: 53, protocol: "UDP" }];
  const dns = podElsewhere(namespace, labels, ports);
  const question = { from: pod, to: dns, port: 53, protocol: "UDP" };
  // A cache on the node has an address outside of the cluster's network.
  const block = network
    .closing(pod, "egress")
    .flatMap((policy) => list(specOf(policy).egress))
    .some((rule) => opens(rule?.ports, question) && list(rule?.to).some((peer) => peer?.ipBlock));
  if (block || network.lets("egress", question)) return [];
  const message = `names ${first.words}, but no NetworkPolicy lets its pod ask for names on 53/UDP; open that`;
  return [{ subject: pod.subject, path: first.path, message }];
}
