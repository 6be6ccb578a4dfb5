import { ExemptionLedger } from "#policy/model/exemptions";
import { judge } from "#policy/model/judge";
import type { KubernetesObject } from "#policy/model/kubernetes";
import type { Rule, Settings } from "#policy/model/rule";
import { fromManifest, fromPulumi, type Subject, shown } from "#policy/model/subject";

/** What one rule reports of a stack, as `Deployment mesh/web: spec.replicas`. */
export function reported(rule: Rule, objects: readonly unknown[], settings: Settings = {}) {
  return inSubjects(rule, objects.flatMap(fromManifest), settings);
}

/** The same for a patch resource with these inputs, such as `apps/v1:DeploymentPatch`. */
export function reportedOfPatch(rule: Rule, token: string, inputs: object) {
  return inSubjects(rule, fromPulumi(`kubernetes:${token}`, inputs as KubernetesObject), {});
}

/** The messages with which one rule reports something of a stack. */
export function messages(rule: Rule, objects: readonly unknown[], settings: Settings = {}) {
  return findings(rule, objects.flatMap(fromManifest), settings).map(
    (each) => each.violation.message,
  );
}

function inSubjects(rule: Rule, subjects: Subject[], settings: Settings) {
  return findings(rule, subjects, settings).map(
    ({ subject, violation }) => `${shown(subject)}: ${violation.path}`,
  );
}

function findings(rule: Rule, subjects: Subject[], settings: Settings) {
  const plan = { rule, level: rule.level, settings };
  return judge(subjects, [plan], new ExemptionLedger(), true);
}

/** An object of the namespace `mesh`. */
export function made(apiVersion: string, kind: string, name: string, spec: unknown, metadata = {}) {
  return { apiVersion, kind, metadata: { namespace: "mesh", name, ...metadata }, spec };
}

/** A workload whose pods have the label `app: <name>`. */
export function workload(kind: string, name: string, spec: object = {}, podSpec: object = {}) {
  const apiVersion = { Job: "batch/v1", Pod: "v1", ReplicationController: "v1" }[kind] ?? "apps/v1";
  const labels = { app: name };
  const template = { metadata: { labels }, spec: podSpec };
  return made(apiVersion, kind, name, { selector: { matchLabels: labels }, template, ...spec });
}

/** An autoscaler of the Deployment of the same name. */
export function autoscaler(name: string, spec: object = {}) {
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name };
  const all = { scaleTargetRef, minReplicas: 2, maxReplicas: 4, ...spec };
  return made("autoscaling/v2", "HorizontalPodAutoscaler", name, all);
}

/** A budget for the pods with the label `app: <name>`. */
export function budget(name: string, spec: object = { maxUnavailable: 1 }) {
  const selector = { matchLabels: { app: name } };
  return made("policy/v1", "PodDisruptionBudget", name, { selector, ...spec });
}
