import { type Example, onObject, type PodExample, set } from "#examples/mesh";

const web = "NetworkPolicy/web";
const db = "NetworkPolicy/db";
const deny = "NetworkPolicy/default-deny";

export const networkExamples: (Example | PodExample)[] = [
  onObject(
    "a pod that no policy selects",
    ["N1", "N2"],
    "Deployment/api",
    "spec.template.metadata.labels",
    (_api, mesh) => {
      delete mesh[deny];
      delete mesh["NetworkPolicy/api"];
    },
  ),
  onObject(
    "a default deny for one direction",
    ["N2"],
    "Namespace/mesh",
    "metadata.name",
    (_namespace, mesh) => set(mesh[deny]?.spec, { policyTypes: ["Ingress"] }),
  ),
  onObject("callers from everywhere", ["N4"], web, "spec.ingress[0].from", ({ spec }) =>
    set(spec, { ingress: [{ ports: [{ port: 8080 }] }] }),
  ),
  onObject(
    "callers from every namespace",
    ["N4"],
    web,
    "spec.ingress[0].from[0].namespaceSelector",
    ({ spec }) => set(spec.ingress[0].from[0], { namespaceSelector: {} }),
  ),
  onObject("calls to every address", ["N4"], web, "spec.egress[1].to[1].ipBlock.cidr", ({ spec }) =>
    spec.egress[1].to.push({ ipBlock: { cidr: "0.0.0.0/0" } }),
  ),
  onObject(
    "a database that may not be asked",
    ["N5"],
    "Deployment/web",
    "spec.template.spec.containers[0].env[0].value",
    (_web, mesh) => set(mesh[db]?.spec, { ingress: [] }),
  ),
  onObject(
    "names that may not be looked up",
    ["N5"],
    "Deployment/web",
    "spec.template.spec.containers[0].env[0].value",
    (_web, mesh) => (mesh[web]?.spec as unknown as { egress: object[] }).egress.shift(),
  ),
  onObject("a database for everybody", ["N5"], db, "spec.ingress[0].from[1]", ({ spec }, mesh) => {
    spec.ingress[0].from.push({ podSelector: {} });
    const to = [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "db" } } }];
    set(mesh["NetworkPolicy/api"]?.spec, { egress: [{ to }] });
  }),
  onObject(
    "a port on which nobody listens",
    ["N5"],
    web,
    "spec.ingress[0].ports[1].port",
    ({ spec }) => spec.ingress[0].ports.push({ port: 9999, protocol: "TCP" }),
  ),
];
