import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Storage } from "#components/database";
import {
  CHART,
  REPOSITORY,
  VERSION,
  valuesOf,
} from "#components/internal/kube-prometheus-stack-values";
import { makePassword } from "#components/internal/password";
import type { Global, Resources } from "#components/internal/types";
import type { Definitions } from "#components/internal/words";
import type { Retention } from "#components/observability";

/** What Prometheus, Alertmanager and Grafana take alike. */
export interface OperatedServerArgs {
  /** The volume of each replica, which outlives the release. */
  storage: Storage;
  /** What each replica gets. */
  resources: Resources;
}

export interface OperatedPrometheusArgs extends OperatedServerArgs {
  /** Each on a node of its own, with all the data. */
  replicas: number;
  /** How often to scrape and to evaluate the rules, such as 15s. */
  scrapeInterval: string;
  /** Such as the cluster's name, on what leaves Prometheus. */
  externalLabels: Record<string, string>;
  /** What is older, or beyond the size, is deleted. */
  retention: Retention;
}

export interface OperatedAlertmanagerArgs extends OperatedServerArgs {
  /** Each on a node of its own; together they tell everything once. */
  replicas: number;
  /** Of silences and of what was sent, such as 120h. */
  retention: string;
  /** The Secret with alertmanager.yaml and the messages' templates; the chart observability makes it. */
  configSecret: string;
  /** The receivers' Secrets, mounted as files. */
  secrets: string[];
}

/** Addresses of pages, as a browser opens them. */
export interface PageLinks {
  /** Prometheus'. */
  prometheus?: string;
  /** Alertmanager's, where silences are made. */
  alertmanager?: string;
  /** Grafana's. */
  grafana?: string;
}

export interface KubePrometheusStackArgs {
  /** Where it goes; the namespace must be there. */
  namespace: string;
  /** The namespace of the mesh, whose dashboards Grafana shows. */
  watched: string;
  /** Who brings the definitions of the operator's kinds. */
  crds: Definitions;
  /** The same for all parts of a stack. */
  global?: Global;
  /** What alerts and pages link to. */
  links?: PageLinks;
  /** Scrapes what has a monitor, anywhere in the cluster. */
  prometheus: OperatedPrometheusArgs;
  /** Tells whoever is to know. */
  alertmanager: OperatedAlertmanagerArgs;
  /** Shows the mesh's dashboards, and the chart's own. */
  grafana: OperatedServerArgs;
}

/**
 * The chart kube-prometheus-stack, as a release: its operator's certificates and definitions come from
 * Helm's hooks, which helm.v4.Chart leaves out. Policies can't see into it.
 */
export class KubePrometheusStack extends pulumi.ComponentResource {
  /** Where dashboards inside the cluster find Prometheus. */
  public readonly prometheusUrl: pulumi.Output<string>;

  constructor(name: string, args: KubePrometheusStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:KubePrometheusStack", name, args, opts);
    const { namespace, global, crds } = args;
    const admin = makePassword(this, `${name}-grafana-admin`, {
      ...{ namespace, global, component: "grafana", username: "admin" },
    });
    new k8s.helm.v3.Release(
      name,
      {
        name,
        namespace,
        chart: CHART,
        version: VERSION,
        repositoryOpts: { repo: REPOSITORY },
        skipCrds: crds === "present",
        // The definitions' job, then the operator, then what it makes.
        timeout: 900,
        values: valuesOf(args, `${name}-grafana-admin`),
      },
      { parent: this, dependsOn: [admin] },
    );
    this.prometheusUrl = pulumi.output(`http://${name}-prometheus.${namespace}.svc:9090`);
    this.registerOutputs({ prometheusUrl: this.prometheusUrl });
  }
}
