import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { deployChart } from "#components/internal/deploy-chart";
import { houseMetadata, recommendedLabels } from "#components/internal/house";
import type { Global, Resources } from "#components/internal/types";

export interface ContainerLimits {
  /** For containers that ask for nothing. */
  defaults?: Resources;
  /** The most that one container may ask for of `cpu`, `memory` and `ephemeral-storage`. */
  max?: Record<string, string>;
}

/** Groups of the cluster's sign-in. */
export interface Access {
  /** They may look at everything but Secrets. */
  viewers?: string[];
  /** They may also restart, scale and open a port. */
  operators?: string[];
}

export interface FoundationArgs {
  /** The name of the namespace to make. */
  namespace: string;
  /** The same for all parts of a stack. */
  global?: Global;
  /** What everything in the namespace may use together, by the quota's own keys. */
  quota?: Record<string, string>;
  /** What containers get, and may ask for. */
  containers?: ContainerLimits;
  /** Whether to make the PriorityClasses `<namespace>-data`, `-registry` and `-agents`. */
  priorityClasses?: boolean;
  /** Who may do what in the namespace. */
  access?: Access;
  /** Whether the namespace, and with it the data in it, outlives even a destroy. */
  protect?: boolean;
}

/** The namespace, closed: the restricted profile, a quota, limits, and no traffic at all. */
export class Foundation extends pulumi.ComponentResource {
  constructor(name: string, args: FoundationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:Foundation", name, args, opts);
    const { namespace, protect = false, ...values } = args;
    const profile = "restricted";
    const made = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: namespace,
          ...houseMetadata(args.global, {
            labels: {
              ...recommendedLabels(namespace, "foundation"),
              "pod-security.kubernetes.io/enforce": profile,
              "pod-security.kubernetes.io/warn": profile,
              "pod-security.kubernetes.io/audit": profile,
            },
          }),
        },
      },
      { parent: this, protect, retainOnDelete: protect },
    );
    deployChart("foundation", name, namespace, values, { parent: this, dependsOn: [made] });
    this.registerOutputs();
  }
}
