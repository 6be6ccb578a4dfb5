import { list } from "#model/kubernetes";
import { nameOf, type Subject, specOf } from "#model/subject";

export const ingressKinds: readonly string[] = ["networking.k8s.io/Ingress", "extensions/Ingress"];

/** Routes of the Gateway API by host names, which all look alike. */
export const routeKinds: readonly string[] = ["HTTPRoute", "GRPCRoute", "TLSRoute"].map(
  (kind) => `gateway.networking.k8s.io/${kind}`,
);

export interface IngressBackend {
  service?: { name?: string; port?: { name?: string; number?: number } };
  /** The fields before networking.k8s.io/v1. */
  serviceName?: string;
  servicePort?: string | number;
}

export interface IngressPath {
  path?: string;
  pathType?: string;
  backend?: IngressBackend;
}

export interface IngressSpec {
  ingressClassName: string;
  tls: { hosts?: string[] }[];
  rules: { host?: string; http?: { paths?: IngressPath[] } }[];
  defaultBackend: IngressBackend;
  /** The default backend before networking.k8s.io/v1. */
  backend: IngressBackend;
}

export interface RouteSpec {
  hostnames: string[];
  parentRefs: { kind?: string; namespace?: string; name?: string; sectionName?: string }[];
  rules: { matches?: RouteMatch[]; backendRefs?: BackendRef[] }[];
}

export interface RouteMatch {
  path?: { type?: string; value?: string };
  method?: unknown;
  headers?: unknown;
  queryParams?: unknown;
}

export interface BackendRef {
  group?: string;
  kind?: string;
  namespace?: string;
  name?: string;
  port?: number;
}

/** Each path of an Ingress with its host, and where it stands in the object. */
export function pathsOf(
  subject: Subject,
): { host: string; hostPath: string; at: string; path: IngressPath }[] {
  return list(specOf<IngressSpec>(subject).rules).flatMap((rule, index) =>
    list(rule?.http?.paths).map((path, place) => ({
      host: rule?.host ?? "",
      hostPath: `spec.rules[${index}].host`,
      at: `spec.rules[${index}].http.paths[${place}]`,
      path: path ?? {},
    })),
  );
}

/** A Service that a route leads to, with the fields that name it. */
export interface Backend {
  namespace: string;
  name: string;
  namePath: string;
  port: string | number | undefined;
  portPath: string;
}

/** The Services that an Ingress or a route of the Gateway API leads to. */
export function backendsOf(subject: Subject): Backend[] {
  const { namespace } = nameOf(subject);
  if (routeKinds.includes(subject.groupKind)) return routeBackends(subject, namespace);
  const { defaultBackend, backend } = specOf<IngressSpec>(subject);
  return [
    ...ingressBackend(defaultBackend, "spec.defaultBackend", namespace),
    ...ingressBackend(backend, "spec.backend", namespace),
    ...pathsOf(subject).flatMap(({ path, at }) =>
      ingressBackend(path.backend, `${at}.backend`, namespace),
    ),
  ];
}

function ingressBackend(
  backend: IngressBackend | undefined,
  at: string,
  namespace: string,
): Backend[] {
  const { service, serviceName, servicePort } = backend ?? {};
  if (serviceName) {
    const [namePath, portPath] = [`${at}.serviceName`, `${at}.servicePort`];
    return [{ namespace, name: serviceName, namePath, port: servicePort, portPath }];
  }
  if (!service?.name) return [];
  const { name, number } = service.port ?? {};
  // The load balancer controller of AWS takes this name for an action in an annotation.
  if (name === "use-annotation") return [];
  const portPath = `${at}.service.port.${name === undefined ? "number" : "name"}`;
  const namePath = `${at}.service.name`;
  return [{ namespace, name: service.name, namePath, port: name ?? number, portPath }];
}

function routeBackends(subject: Subject, own: string): Backend[] {
  return list(specOf<RouteSpec>(subject).rules).flatMap((rule, index) =>
    list(rule?.backendRefs).flatMap((ref, place): Backend[] => {
      const { group = "", kind = "Service", namespace = own, name, port } = ref ?? {};
      if (group !== "" || kind !== "Service" || !name) return [];
      const at = `spec.rules[${index}].backendRefs[${place}]`;
      return [{ namespace, name, namePath: `${at}.name`, port, portPath: `${at}.port` }];
    }),
  );
}
