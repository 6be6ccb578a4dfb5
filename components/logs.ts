import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Storage } from "#components/database";
import { hash } from "#components/internal/hash";
import { houseMetadata, recommendedLabels } from "#components/internal/house";
import { ALLOY, alloyValues, LOKI, lokiValues } from "#components/internal/logs-values";
import type { Global, Resources } from "#components/internal/types";

export interface LogCollector {
  /** What the pod on each node gets. */
  resources: Resources;
}

export interface OwnLoki {
  /** What is older is deleted. */
  retentionDays: number;
  /** The volume, which outlives the release. */
  storage: Storage;
  /** What the pod gets. */
  resources: Resources;
}

export interface ExistingLoki {
  /** Its address, without a path. */
  url: string;
  /** A Secret beside the collector with the key "password". */
  existingSecret?: string;
}

export interface LogsArgs {
  /** Where it goes; the namespace must be there. */
  namespace: string;
  /** The namespace whose pods' logs are read. */
  watched: string;
  /** Alloy's configuration; the password of an existing Loki is in /etc/loki/password. */
  configuration: string;
  /** The same for all parts of a stack. */
  global?: Global;
  /** Alloy, a pod on every node. */
  collector?: LogCollector;
  /** A Loki of the stack's own; else `existing`. */
  loki?: OwnLoki;
  /** A Loki that is there. */
  existing?: ExistingLoki;
}

/**
 * Alloy, which reads the pods' logs, and Loki, which keeps them: two charts of others, as releases.
 * Policies can't see into them.
 */
export class Logs extends pulumi.ComponentResource {
  /** Where Grafana finds the logs. */
  public readonly lokiUrl: pulumi.Output<string>;

  constructor(name: string, args: LogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:Logs", name, args, opts);
    const { namespace, configuration, global, loki, existing } = args;
    const url = existing?.url ?? `http://loki.${namespace}.svc:3100`;
    const release = ({ chart, version, repository }: typeof ALLOY, values: object) =>
      new k8s.helm.v3.Release(
        `${name}-${chart}`,
        {
          ...{ name: chart, namespace, chart, version, values: { ...values } },
          repositoryOpts: { repo: repository },
          timeout: 600,
        },
        { parent: this },
      );
    if (loki) release(LOKI, lokiValues(args, loki));
    const config = `alloy-config-${hash(configuration)}`;
    const labels = recommendedLabels(config, "logs");
    new k8s.core.v1.ConfigMap(
      `${name}-config`,
      {
        metadata: { name: config, namespace, ...houseMetadata(global, { labels }) },
        immutable: true,
        data: { "config.alloy": configuration },
      },
      { parent: this },
    );
    release(ALLOY, alloyValues(args, config));
    this.lokiUrl = pulumi.output(url);
    this.registerOutputs({ lokiUrl: this.lokiUrl });
  }
}
