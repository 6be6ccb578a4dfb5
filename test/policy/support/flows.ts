import { ExemptionLedger } from "#policy/model/exemptions";
import { Graph } from "#policy/model/graph";
import type { NetworkPolicySpec, PolicyRule } from "#policy/model/network-policy";
import { fromManifest, shown } from "#policy/model/subject";
import { neededFlows } from "#policy/rules/network/needed-flows";

export const object = (
  kind: string,
  name: string,
  rest: object,
  namespace = "a",
  apiVersion = "v1",
) => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  ...rest,
});

/** A pod `name` with label `app`, whose container listens on 80 as "http". */
export const pod = (
  name: string,
  container: object = {},
  { spec = {}, metadata = {}, namespace = "a" } = {},
) => ({
  ...object("Pod", name, {
    spec: { containers: [{ ports: [{ name: "http", containerPort: 80 }], ...container }], ...spec },
  }),
  metadata: { name, namespace, labels: { app: name }, ...metadata },
});

export const service = (name: string, spec: object = {}, namespace = "a") =>
  object(
    "Service",
    name,
    { spec: { selector: { app: name }, ports: [{ port: 8080, targetPort: "http" }], ...spec } },
    namespace,
  );

export const policy = (name: string, spec: NetworkPolicySpec, namespace = "a") =>
  object("NetworkPolicy", name, { spec }, namespace, "networking.k8s.io/v1");

export const app = (name: string) => ({ podSelector: { matchLabels: { app: name } } });
export const policyTypes = ["Ingress", "Egress"];
export const deny = policy("deny", { policyTypes });
export const dns: PolicyRule = {
  to: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
  ],
  ports: [{ port: 53, protocol: "UDP" }],
};

/** Everything in the namespace may ask for names, and nothing else. */
export const names = policy("names", { policyTypes, egress: [dns] });
export const lets = (from: string, to: string, port: number | string = 80) => [
  policy(`out-${from}`, {
    ...app(from),
    policyTypes: ["Egress"],
    egress: [{ to: [app(to)], ports: [{ port }] }],
  }),
  policy(`in-${to}`, { ...app(to), ingress: [{ from: [app(from)], ports: [{ port }] }] }),
];

export function found(objects: object[], settings: object = {}) {
  const ledger = new ExemptionLedger();
  const context = { settings, attempt: <V>(part: () => V) => part(), blocked: [], ledger };
  return neededFlows.checkStack(new Graph(objects.flatMap(fromManifest)), context as never);
}

export const of = (objects: object[], settings: object = {}) =>
  found(objects, settings).map(
    ({ subject, path }) => `${shown(subject)} ${path.replace("spec.containers[0]", "c")}`,
  );

export const env = (value: string) => ({ env: [{ name: "A", value }] });
