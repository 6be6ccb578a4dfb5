import { type Example, type Mesh, onObject, type PodExample, set } from "#examples/mesh";

const ingress = "Ingress/web";
const path = "spec.rules[0].http.paths[0]";
const nginx = "nginx.ingress.kubernetes.io";

export const serviceExamples: (Example | PodExample)[] = [
  onObject("a port on every node", ["S1"], "Service/web", "spec.type", ({ spec }) =>
    set(spec, { type: "NodePort" }),
  ),
  onObject("a chosen node port", ["S1"], "Service/web", "spec.ports[0].nodePort", ({ spec }) =>
    set(spec.ports[0], { nodePort: 30080 }),
  ),
  onObject("a load balancer", ["S2"], "Service/web", "spec.type", ({ spec }) =>
    set(spec, { type: "LoadBalancer" }),
  ),
  onObject("somebody's address", ["S3"], "Service/web", "spec.externalIPs", ({ spec }) =>
    set(spec, { externalIPs: ["203.0.113.9"] }),
  ),
  onObject("a Service without pods", ["S4"], "Service/spare", "spec.selector", (_spare, mesh) =>
    copy(mesh, "Service/web", "spare", ({ selector }) => set(selector, { tier: "web" })),
  ),
  onObject(
    "a target port by a wrong name",
    ["S6"],
    "Service/web",
    "spec.ports[0].targetPort",
    ({ spec }) => set(spec.ports[0], { targetPort: "https" }),
  ),
  onObject(
    "a target port that nobody listens on",
    ["S6"],
    "Service/web",
    "spec.ports[0].targetPort",
    ({ spec }) => set(spec.ports[0], { targetPort: 8443 }),
  ),
  onObject("plain HTTP", ["S8"], ingress, "spec.tls", ({ spec }) => set(spec, { tls: [] })),
  onObject(
    "plain HTTP beside TLS",
    ["S8"],
    ingress,
    `metadata.annotations["${nginx}/ssl-redirect"]`,
    (web) => annotate(web, "ssl-redirect", "false"),
  ),
  onObject("every host", ["S9"], ingress, "spec.rules[0].host", ({ spec }) =>
    set(spec.rules[0], { host: undefined }),
  ),
  onObject("a wildcard host", ["S9"], ingress, "spec.rules[0].host", ({ spec }) => {
    set(spec.rules[0], { host: "*.example.org" });
    set(spec.tls[0], { hosts: ["*.example.org"] });
  }),
  onObject("a host without a certificate", ["S10"], ingress, "spec.rules[0].host", ({ spec }) =>
    set(spec.tls[0], { hosts: [] }),
  ),
  onObject("a certificate without a host", ["S10"], ingress, "spec.tls[0].hosts[1]", ({ spec }) =>
    set(spec.tls[0], { hosts: ["web.example.org", "old.example.org"] }),
  ),
  onObject(
    "a backend that is not there",
    ["S12"],
    ingress,
    `${path}.backend.service.name`,
    ({ spec }) => set(spec.rules[0].http.paths[0].backend.service, { name: "shop" }),
  ),
  onObject(
    "a port that the backend lacks",
    ["S12"],
    ingress,
    `${path}.backend.service.port.number`,
    ({ spec }) => set(spec.rules[0].http.paths[0].backend.service, { port: { number: 80 } }),
  ),
  onObject(
    "a snippet for nginx",
    ["S13"],
    ingress,
    `metadata.annotations["${nginx}/configuration-snippet"]`,
    (web) => annotate(web, "configuration-snippet", "deny all;"),
  ),
  onObject(
    "a directive in a URL",
    ["S13"],
    ingress,
    `metadata.annotations["${nginx}/auth-url"]`,
    (web) => annotate(web, "auth-url", "http://a/#;\nload_module x;"),
  ),
  onObject("a directive in a path", ["S13"], ingress, `${path}.path`, ({ spec }) =>
    set(spec.rules[0].http.paths[0], { path: "/;alias /etc/" }),
  ),
  onObject("one path twice", ["S14"], "Ingress/spare", `${path}.path`, (_spare, mesh) =>
    copy(mesh, ingress, "spare", () => {}),
  ),
];

function annotate(object: { metadata: object }, name: string, value: string) {
  set(object.metadata, { annotations: { [`${nginx}/${name}`]: value } });
}

/** Adds a copy of an object under another name. */
function copy(mesh: Mesh, object: string, name: string, change: (spec: any) => void) {
  const { metadata, ...rest } = structuredClone(mesh[object] ?? {});
  const labels = { ...metadata?.labels, "app.kubernetes.io/name": name };
  change(rest.spec);
  mesh[`${rest.kind}/${name}`] = { ...rest, metadata: { ...metadata, name, labels } };
}
