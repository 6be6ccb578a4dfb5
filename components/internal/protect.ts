import type * as pulumi from "@pulumi/pulumi";
import { generationOf } from "#components/internal/turns";

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
 * unprotected on purpose, the objects stay in the cluster. Not for what a rotation takes away.
 */
export const keepData: pulumi.ResourceTransform = ({ type, props, opts }) =>
  KEPT.has(type) && generationOf(props) === undefined
    ? { props, opts: { ...opts, protect: true, retainOnDelete: true } }
    : undefined;
