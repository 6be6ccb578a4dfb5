import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { chartPath } from "#components/internal/chart-path";

export type ChartName =
  | "foundation"
  | "postgres"
  | "registry"
  | "agent"
  | "dashboard"
  | "observability"
  | "release-check";

/**
 * Deploys one of the project's charts as a release called `name`. Each object in it becomes a
 * resource of its own, so that policies and state see them all.
 */
export function deployChart(
  chart: ChartName,
  name: string,
  namespace: string,
  values: object,
  opts: pulumi.ComponentResourceOptions,
): k8s.helm.v4.Chart {
  return new k8s.helm.v4.Chart(
    name,
    { chart: chartPath(chart), name, namespace, values: { ...values } },
    opts,
  );
}
