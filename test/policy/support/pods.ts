import assert from "node:assert/strict";
import { judgeOne } from "#policy/model/judge";
import type { ObjectRule, Settings, Violation } from "#policy/model/rule";
import { fromManifest } from "#policy/model/subject";

/** What a rule finds in a pod of that spec, run by a workload of that kind. */
export function judgePod(
  rule: ObjectRule,
  kind: string,
  spec: object,
  settings: Settings = {},
): Violation[] {
  const apiVersion = { Pod: "v1", Job: "batch/v1", CronJob: "batch/v1" }[kind] ?? "apps/v1";
  const template = { template: { spec } };
  const inKind = kind === "CronJob" ? { jobTemplate: { spec: template } } : template;
  const own = kind === "Pod" ? spec : inKind;
  const [subject] = fromManifest({ apiVersion, kind, metadata: { name: "w" }, spec: own });
  assert.ok(subject);
  return judgeOne(rule, subject, settings);
}

/** The same as paths, which start at the pod's own root. */
export function pathsInPod(
  rule: ObjectRule,
  kind: string,
  spec: object,
  settings: Settings = {},
): string[] {
  const prefix = /^spec\.(jobTemplate\.spec\.)?template\./;
  return judgePod(rule, kind, spec, settings).map(({ path }) => path.replace(prefix, ""));
}

export const ports = [{ name: "http", containerPort: 8080 }];

/** The spec of a pod with a single container. */
export function one(container: object) {
  return { containers: [{ name: "c", ...container }] };
}
