import { type Graph, labelsOf } from "#model/graph";
import { list } from "#model/kubernetes";
import { type Context, type StackRule, type StackViolation, show } from "#model/rule";
import { nameOf, type Subject } from "#model/subject";

interface Mtls {
  mode?: string;
}
interface TrafficPolicy {
  tls?: Mtls;
  portLevelSettings?: { tls?: Mtls }[];
}
interface DestinationRule {
  host?: string;
  trafficPolicy?: TrafficPolicy;
  subsets?: { trafficPolicy?: TrafficPolicy }[];
}
interface PeerAuthentication {
  selector?: { matchLabels?: Record<string, string> };
  mtls?: Mtls;
  portLevelMtls?: Record<string, Mtls>;
}

const peers = "security.istio.io/PeerAuthentication";
const destinations = "networking.istio.io/DestinationRule";

export const strictMtls: StackRule = {
  id: "X1",
  name: "strict-mtls",
  title: "In a service mesh, pods speak to each other by mutual TLS alone.",
  level: "mandatory",
  severity: "high",
  why: "In any weaker mode a pod takes plain text from anybody who reaches its port.",
  fix: "Add a PeerAuthentication with mtls.mode STRICT to the namespace, and weaken it nowhere.",
  settings: {
    rootNamespace: {
      type: "string",
      default: "istio-system",
      description: "The namespace of the mesh whose PeerAuthentication holds for all others.",
    },
  },
  checkStack(graph, context) {
    const { attempt } = context;
    const found = (subject: Subject, part: () => Omit<StackViolation, "subject">[]) =>
      attempt(() => part().map((violation) => ({ ...violation, subject })));
    const all = (groupKind: string) => [
      ...graph.of(groupKind),
      ...graph.patches.filter((patch) => patch.groupKind === groupKind),
    ];
    return [
      ...all(peers).flatMap((subject) => found(subject, () => weakPeers(subject))),
      ...all(destinations).flatMap((subject) => found(subject, () => plainText(subject, graph))),
      ...graph
        .of("Namespace")
        .flatMap((subject) => found(subject, () => missing(subject, graph, context))),
    ];
  },
};

function weakPeers({ body }: Subject) {
  const { mtls, portLevelMtls } = (body.spec ?? {}) as PeerAuthentication;
  const ports = Object.keys(portLevelMtls ?? {}).map((port) => ({
    path: `spec.portLevelMtls[${JSON.stringify(port)}].mode`,
    mode: portLevelMtls?.[port]?.mode,
  }));
  return [{ path: "spec.mtls.mode", mode: mtls?.mode }, ...ports].flatMap(({ path, mode }) =>
    inherits(mode) || mode === "STRICT"
      ? []
      : [{ path, message: `is ${show(mode)}; write "STRICT"` }],
  );
}

/** A mode that is left out is that of the namespace, or of the whole mesh. */
function inherits(mode: string | undefined | null): boolean {
  return mode === undefined || mode === null || mode === "UNSET";
}

function plainText({ body }: Subject, graph: Graph) {
  const { host, trafficPolicy, subsets } = (body.spec ?? {}) as DestinationRule;
  if (!isInMesh(host, graph)) return [];
  const policies = [
    { path: "spec.trafficPolicy", policy: trafficPolicy },
    ...list(subsets).map((subset, index) => ({
      path: `spec.subsets[${index}].trafficPolicy`,
      policy: subset?.trafficPolicy,
    })),
  ];
  return policies
    .flatMap(({ path, policy }) => [
      { path: `${path}.tls.mode`, mode: policy?.tls?.mode },
      ...list(policy?.portLevelSettings).map((setting, index) => ({
        path: `${path}.portLevelSettings[${index}].tls.mode`,
        mode: setting?.tls?.mode,
      })),
    ])
    .filter(({ mode }) => mode === "DISABLE")
    .map(({ path }) => ({ path, message: 'is "DISABLE"; write "ISTIO_MUTUAL", or leave it out' }));
}

/** Whether a host is a Service, and not one outside that a ServiceEntry names. */
function isInMesh(host: string | undefined, graph: Graph): boolean {
  // A patch need not repeat it.
  if (!host || !host.includes(".")) return true;
  if (/\.svc(\.|$)|\.local$/.test(host)) return true;
  const [name = "", namespace = "", ...others] = host.split(".");
  return others.length === 0 && graph.find("Service", namespace, name) !== undefined;
}

function missing(subject: Subject, graph: Graph, { settings }: Context) {
  const labels = labelsOf(subject.body.metadata);
  const joined =
    labels["istio-injection"] === "enabled" ||
    labels["istio.io/dataplane-mode"] === "ambient" ||
    (Boolean(labels["istio.io/rev"]) && labels["istio-injection"] !== "disabled");
  const root = (settings.rootNamespace as string | undefined) ?? "istio-system";
  const own = nameOf(subject).name;
  const strict = [...graph.in(own, peers), ...graph.in(root, peers)].some((peer) => {
    const { selector, mtls } = (peer.body.spec ?? {}) as PeerAuthentication;
    const everywhere = Object.keys(selector?.matchLabels ?? {}).length === 0;
    const { namespace } = nameOf(peer);
    return everywhere && mtls?.mode === "STRICT" && (namespace === own || namespace === root);
  });
  if (!joined || strict) return [];
  const message = "has no PeerAuthentication for all its pods with mtls.mode STRICT; add one";
  return [{ path: "metadata.name", message }];
}
