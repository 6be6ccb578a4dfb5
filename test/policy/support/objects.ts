import { examples } from "#policy/examples/all";
import {
  compliantMesh,
  type Example,
  inMesh,
  type PodExample,
  type Template,
  templateOf,
} from "#policy/examples/mesh";
import { ExemptionLedger } from "#policy/model/exemptions";
import { judge } from "#policy/model/judge";
import type { KubernetesObject } from "#policy/model/kubernetes";
import { type Plan, plan } from "#policy/model/levels";
import { fromManifest, fromPulumi, type Subject, shown } from "#policy/model/subject";
import { rules } from "#policy/rules/all";

/** A pod template that keeps every rule. */
export function compliantPod(): Template {
  return templateOf(compliantMesh(), "Deployment/web");
}

const metadata = compliantMesh()["Deployment/web"]?.metadata ?? {};
const selector = { matchLabels: { "app.kubernetes.io/name": "web" } };

function workload(apiVersion: string, kind: string, spec: (pod: Template) => object) {
  return (pod: Template): KubernetesObject => ({ apiVersion, kind, metadata, spec: spec(pod) });
}

const replicated = (template: Template) => ({ replicas: 2, selector, template });

/** One pod inside every kind that runs pods, several served versions included. */
export const kinds: Record<string, (pod: Template) => KubernetesObject> = {
  Pod: (pod) => ({
    apiVersion: "v1",
    kind: "Pod",
    ...pod,
    metadata: { ...metadata, ...pod.metadata },
  }),
  PodTemplate: (pod) => ({ apiVersion: "v1", kind: "PodTemplate", metadata, template: pod }),
  Deployment: workload("apps/v1", "Deployment", replicated),
  "old Deployment": workload("extensions/v1beta1", "Deployment", replicated),
  StatefulSet: workload("apps/v1", "StatefulSet", (pod) => ({
    ...replicated(pod),
    serviceName: "web",
  })),
  DaemonSet: workload("apps/v1", "DaemonSet", (template) => ({ selector, template })),
  ReplicaSet: workload("apps/v1", "ReplicaSet", replicated),
  ReplicationController: workload("v1", "ReplicationController", (pod) => ({
    ...replicated(pod),
    selector: selector.matchLabels,
  })),
  Job: workload("batch/v1", "Job", (template) => ({ template })),
  CronJob: workload("batch/v1", "CronJob", (template) => ({
    schedule: "0 3 * * *",
    jobTemplate: { spec: { template } },
  })),
  "old CronJob": workload("batch/v1beta1", "CronJob", (template) => ({
    schedule: "0 3 * * *",
    jobTemplate: { spec: { template } },
  })),
};

/** Where the pod stands in each of these, ending in a dot. */
export function podPrefix(kind: string): string {
  const prefixes: Record<string, string> = {
    Pod: "",
    PodTemplate: "template.",
    CronJob: "spec.jobTemplate.spec.template.",
    "old CronJob": "spec.jobTemplate.spec.template.",
  };
  return prefixes[kind] ?? "spec.template.";
}

/** The ids, each with its paths, of the rules that one object violates, settings being default. */
export function violations(object: unknown): Record<string, string[]> {
  return byRule(fromManifest(object), plan(rules, undefined), false).paths;
}

/** The same for a Pulumi resource with these inputs. */
export function violationsOf(token: string, inputs: KubernetesObject): Record<string, string[]> {
  return byRule(fromPulumi(token, inputs), plan(rules, undefined), false).paths;
}

/** What all objects together violate: rules with paths, and with objects as `Kind/name`. */
export function violationsIn(
  objects: readonly unknown[],
  settings: Record<string, Record<string, unknown>> = {},
) {
  const plans = plan(rules, undefined).map((each) => ({
    ...each,
    settings: { ...each.settings, ...settings[each.rule.name] },
  }));
  return byRule(objects.flatMap(fromManifest), plans, true);
}

function byRule(subjects: Subject[], plans: Plan[], whole: boolean) {
  const active = plans.filter(({ level }) => level !== "disabled");
  const found = judge(subjects, active, new ExemptionLedger(), whole);
  const paths: Record<string, string[]> = {};
  const objects: Record<string, string[]> = {};
  for (const { plan, subject, violation } of found) {
    const { id } = plan.rule;
    paths[id] = [...(paths[id] ?? []), violation.path];
    objects[id] = [...(objects[id] ?? []), shown(subject).replace(/ (.*\/)?/, "/")];
  }
  return { paths, objects };
}

/** The examples about pods, and all of them as breaks of the example application. */
export const podExamples = examples.filter((each): each is PodExample => "breakPod" in each);
export const meshExamples = examples.map(
  (each): Example => ("breakPod" in each ? inMesh(each) : each),
);
