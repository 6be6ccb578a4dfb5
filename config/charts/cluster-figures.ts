import { z } from "zod";
import { networkPart, ownImage, resourcesOf, workloadPart } from "#config/charts/common";
import { cidr } from "#config/charts/kubernetes-words";

const { env, pod, serviceAccount, service } = workloadPart;

/** Tells what the API server knows of the objects of this namespace, by a Role in it. */
export const kubeStateMetrics = z
  .strictObject({
    env,
    pod,
    serviceAccount,
    service,
    image: ownImage("kube-state-metrics", "2.18.0"),
    resources: resourcesOf(["10m", "32Mi", "8Mi"], ["200m", "96Mi", "32Mi"]),
    network: networkPart.prefault({}),
  })
  .prefault({})
  .describe("Tells how the namespace's objects are: pods, replicas, claims, quotas, jobs.");

/** What only the nodes know. */
export const nodes = z
  .strictObject({
    scrape: z
      .boolean()
      .default(false)
      .describe(
        "Takes a ClusterRole for nodes and nodes/metrics, which whoever installs this must be allowed to make. The nodes tell of all their pods; what is of other namespaces is dropped.",
      ),
    cidrs: z
      .array(cidr)
      .min(1)
      .default(["0.0.0.0/0", "::/0"])
      .describe("The nodes' addresses, for the network policy; port 10250."),
  })
  .prefault({})
  .describe(
    "The kubelets' figures: memory, CPU and its throttling of each container, and the space left on volumes. Their certificates are checked against the cluster's CA: kubelets need serverTLSBootstrap.",
  );
