import { type Example, type Mesh, onObject, type PodExample, set } from "#examples/mesh";

export const serviceMeshExamples: (Example | PodExample)[] = [
  onObject(
    "plain text let in",
    ["X1"],
    "PeerAuthentication/default",
    "spec.mtls.mode",
    ({ spec }) => set(spec.mtls, { mode: "PERMISSIVE" }),
  ),
  onObject(
    "a port without TLS",
    ["X1"],
    "PeerAuthentication/default",
    'spec.portLevelMtls["8080"].mode',
    ({ spec }) => set(spec, { portLevelMtls: { "8080": { mode: "DISABLE" } } }),
  ),
  onObject(
    "plain text sent",
    ["X1"],
    "DestinationRule/web",
    "spec.trafficPolicy.tls.mode",
    (_, mesh) => set(mesh, { rule: destination(mesh, { tls: { mode: "DISABLE" } }) }),
  ),
  onObject(
    "a mesh without mutual TLS",
    ["X1"],
    "Namespace/mesh",
    "metadata.name",
    ({ metadata }, mesh) => {
      set(metadata.labels, { "istio-injection": "enabled" });
      set(mesh["PeerAuthentication/default"]?.spec, { mtls: undefined });
    },
  ),
];

function destination(mesh: Mesh, trafficPolicy: object) {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata: { ...mesh["Service/web"]?.metadata },
    spec: { host: "web.mesh.svc.cluster.local", trafficPolicy },
  };
}
