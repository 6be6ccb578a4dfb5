import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { recordOf } from "#regions/config";

export interface PublicNameArgs {
  /** Where ExternalDNS looks for its objects. */
  namespace: string;
  /** The name that the world knows. */
  host: string;
  /** How long resolvers may go on with the last answer. */
  ttlSeconds: number;
  /** Where it leads: an IP address or a host's name. */
  address: pulumi.Input<string>;
}

/** A name in the DNS of whichever provider ExternalDNS is set up for. */
export class PublicName extends pulumi.ComponentResource {
  /** Where it leads, known once the record says so. */
  public readonly leadsTo: pulumi.Output<string>;

  constructor(name: string, args: PublicNameArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh-regions:index:PublicName", name, args, opts);
    const { namespace, host, ttlSeconds, address } = args;
    const record = new k8s.apiextensions.CustomResource(
      `${name}-record`,
      {
        apiVersion: "externaldns.k8s.io/v1alpha1",
        kind: "DNSEndpoint",
        metadata: { name, namespace, labels: { "app.kubernetes.io/part-of": "mcp-mesh" } },
        spec: {
          endpoints: [pulumi.output(address).apply((to) => recordOf(host, ttlSeconds, to))],
        },
      },
      { parent: this },
    );
    this.leadsTo = pulumi.all([address, record.id]).apply(([to]) => to);
    this.registerOutputs();
  }
}
