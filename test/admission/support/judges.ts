import {
  type Action,
  type AdmissionObject,
  admissionOf,
  admissionPolicies,
  canAdmit,
} from "#policy/admission/policies";
import { resourceOf } from "#policy/admission/resources";
import { judgeOne } from "#policy/model/judge";
import type { KubernetesObject } from "#policy/model/kubernetes";
import { type Plan, plan } from "#policy/model/levels";
import { fromManifest } from "#policy/model/subject";
import { rules } from "#policy/rules/all";
import { type Api, apply } from "#test/admission/support/api";
import { eventually } from "#test/support/eventually";

export type RuleSettings = Record<string, Record<string, unknown>>;

/** The rules that the API server can hold objects against, at their default level. */
export const admissible = rules.filter(canAdmit);

const group = "/apis/admissionregistration.k8s.io/v1";
const plurals = {
  ValidatingAdmissionPolicy: "validatingadmissionpolicies",
  ValidatingAdmissionPolicyBinding: "validatingadmissionpolicybindings",
};

/** Every rule with its default settings, or those given for it. */
export function plansWith(settings: RuleSettings = {}): Plan[] {
  return plan(rules, undefined).map((each) => {
    const own = settings[each.rule.name];
    return own ? { ...each, settings: { ...each.settings, ...own } } : each;
  });
}

/** Makes the policies, and waits until the API server holds objects against them. */
export async function install(
  api: Api,
  plans: Plan[],
  options: { prefix: string; namespace?: string; action: Action },
): Promise<void> {
  await put(api, admissionPolicies(plans, options), options.prefix);
}

/** The same for policies that were made already. */
export async function put(api: Api, policies: AdmissionObject[], prefix: string): Promise<void> {
  for (const object of [...policies, ...canary(prefix)]) {
    const { kind, metadata } = object;
    await apply(api, `${group}/${plurals[kind as keyof typeof plurals]}/${metadata.name}`, object);
  }
  // What is made last is in force last.
  const probe = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: prefix } };
  await eventually("the policies are in force", 30, async () => {
    const path = "/api/v1/namespaces/default/configmaps?dryRun=All";
    const { warnings } = await api.call("POST", path, probe);
    return warnings.some((text) => text.includes(`'${prefix}-canary'`));
  });
}

export async function uninstall(api: Api, prefix: string): Promise<void> {
  for (const plural of Object.values(plurals)) {
    const { items } = await api.must("GET", `${group}/${plural}`);
    const own = items.filter(({ metadata }: any) => metadata.name.startsWith(`${prefix}-`));
    for (const { metadata } of own) await api.must("DELETE", `${group}/${plural}/${metadata.name}`);
  }
}

function canary(prefix: string) {
  const apiVersion = "admissionregistration.k8s.io/v1";
  const metadata = { name: `${prefix}-canary` };
  const rule = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"] };
  const resourceRules = [{ ...rule, resources: ["configmaps"], resourceNames: [prefix] }];
  const validations = [{ expression: "false", message: "in force" }];
  const spec = { matchConstraints: { resourceRules }, validations };
  const bound = { policyName: metadata.name, validationActions: ["Warn"] };
  return [
    { apiVersion, kind: "ValidatingAdmissionPolicy", metadata, spec },
    { apiVersion, kind: "ValidatingAdmissionPolicyBinding", metadata, spec: bound },
  ];
}

/** Where an object of this kind is created, in the namespace that it names. */
export function collectionOf({ apiVersion = "", kind, metadata }: KubernetesObject): string {
  const version = apiVersion.includes("/");
  const groupKind = version ? `${apiVersion.split("/")[0]}/${kind}` : `${kind}`;
  const resource = resourceOf(groupKind);
  if (!resource) throw new Error(`no rule is about ${groupKind}`);
  const root = version ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = resource.cluster ? "" : `/namespaces/${metadata?.namespace ?? "default"}`;
  return `${root}${place}/${resource.plural}`;
}

export interface Verdict {
  /** Names of the policies that the object breaks. */
  policies: Set<string>;
  /** All warnings. */
  warnings: string[];
  /** Why the API server would not have the object, whatever the policies say. */
  invalid?: string;
  /** The object as it would have been stored, defaults included. */
  admitted?: KubernetesObject;
}

/** What the API server says to an object, without keeping it, where its policies warn. */
export async function submit(api: Api, object: KubernetesObject): Promise<Verdict> {
  const { status, body, warnings } = await api.call(
    "POST",
    `${collectionOf(object)}?dryRun=All&fieldValidation=Ignore`,
    object,
  );
  const names = warnings.map((text) => /ValidatingAdmissionPolicy '([^']+)'/.exec(text)?.[1]);
  const policies = new Set(names.filter((name) => name !== undefined));
  if (status === 409) return { policies, warnings };
  if (status >= 300) return { policies, warnings, invalid: `${status} ${body.message}` };
  return { policies, warnings, admitted: body };
}

/** The same question to the TypeScript of the rules that the API server knows too. */
export function broken(object: unknown, settings: RuleSettings = {}): string[] {
  const subjects = fromManifest(object);
  const breaks = (rule: (typeof admissible)[number]) => {
    const own = settings[rule.name] ?? {};
    const { kinds } = admissionOf(rule, own);
    const asked = subjects.filter(({ groupKind }) => !kinds || kinds.includes(groupKind));
    return asked.some((subject) => judgeOne(rule, subject, own).length > 0);
  };
  return admissible.filter(breaks).map(({ name }) => name);
}

/** Runs the work for each item, some at a time, and keeps their order. */
export async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return results;
}

/** A namespace with the account that its pods run under; it is there already in a second run. */
export async function makeNamespace(
  api: Api,
  name: string,
  labels: Record<string, string> = {},
  accounts: string[] = [],
): Promise<void> {
  const metadata = { name, labels };
  await apply(api, `/api/v1/namespaces/${name}`, { apiVersion: "v1", kind: "Namespace", metadata });
  for (const account of ["default", ...accounts]) {
    const object = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account } };
    await apply(api, `/api/v1/namespaces/${name}/serviceaccounts/${account}`, object);
  }
}
