import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { deployChart } from "#components/internal/deploy-chart";
import type { Amounts, Resources } from "#components/internal/types";
import type { FoundationValues } from "#config/chart-values";

export interface FoundationArgs {
  /** The name of the namespace to make. */
  namespace: string;
  /** What everything in the namespace may use together, by the quota's own keys. */
  quota: FoundationValues["quota"];
  containers: {
    /** For containers that ask for nothing. */
    defaults: Resources;
    /** The most that one container may ask for. */
    max: Amounts;
  };
}

/** The namespace, closed: the restricted profile, a quota, limits, and no traffic at all. */
export class Foundation extends pulumi.ComponentResource {
  constructor(name: string, args: FoundationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:Foundation", name, args, opts);
    const { namespace, ...values } = args;
    const profile = "restricted";
    const made = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: namespace,
          labels: {
            "app.kubernetes.io/part-of": "mcp-mesh",
            "pod-security.kubernetes.io/enforce": profile,
            "pod-security.kubernetes.io/warn": profile,
            "pod-security.kubernetes.io/audit": profile,
          },
        },
      },
      { parent: this },
    );
    deployChart("foundation", name, namespace, values satisfies FoundationValues, {
      parent: this,
      dependsOn: [made],
    });
    this.registerOutputs();
  }
}
