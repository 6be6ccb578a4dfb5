import type * as pulumi from "@pulumi/pulumi";

/** What data, and the way to it, is kept in. */
const KEPT = new Set([
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:core/v1:PersistentVolumeClaim",
  "kubernetes:core/v1:Secret",
  "kubernetes:postgresql.cnpg.io/v1:Cluster",
  "random:index/randomPassword:RandomPassword",
]);

/**
 * A transform for what holds data, in charts too: a destroy is refused, and even when it was
 * unprotected on purpose, the objects stay in the cluster.
 */
export const keepData: pulumi.ResourceTransform = ({ type, props, opts }) =>
  KEPT.has(type) ? { props, opts: { ...opts, protect: true, retainOnDelete: true } } : undefined;
