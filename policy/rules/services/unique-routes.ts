import { type IngressSpec, ingressKinds, pathsOf, type RouteSpec } from "#model/ingress";
import { list } from "#model/kubernetes";
import type { StackRule } from "#model/rule";
import { nameOf, type Subject, shown, specOf } from "#model/subject";

const legacyClass = "kubernetes.io/ingress.class";
const canary = "nginx.ingress.kubernetes.io/canary";

export const uniqueRoutes: StackRule = {
  id: "S14",
  name: "unique-routes",
  title: "No two routes claim the same host and path.",
  level: "mandatory",
  severity: "medium",
  why: "The controller takes one of the two, perhaps another one tomorrow, or another team's.",
  fix: "Give each host and path to one Ingress or route only.",
  checkStack(graph, context) {
    const taken = new Map<string, Subject>();
    const claim = (subject: Subject, { key, path, what }: Claim) => {
      const other = taken.get(key);
      taken.set(key, other ?? subject);
      if (!other) return [];
      const who = other === subject ? "another rule" : shown(other);
      return [{ subject, path, message: `claims ${what}, as ${who} does; keep one of them` }];
    };
    const claims = (subjects: readonly Subject[], of: (subject: Subject) => Claim[]) =>
      subjects.flatMap((subject) =>
        context.attempt(() => of(subject).flatMap((each) => claim(subject, each))),
      );
    return [
      ...claims(graph.of(...ingressKinds), ofIngress),
      ...claims(graph.of("gateway.networking.k8s.io/HTTPRoute"), ofRoute),
    ];
  },
};

/** Requests that a route answers: two with one key want the same ones. */
interface Claim {
  key: string;
  path: string;
  what: string;
}

function ofIngress(subject: Subject): Claim[] {
  const { annotations } = subject.body.metadata ?? {};
  // A canary stands beside the route that it takes some requests from.
  if (annotations?.[canary] === "true") return [];
  const { ingressClassName } = specOf<IngressSpec>(subject);
  const controller = ingressClassName ?? annotations?.[legacyClass] ?? "";
  return pathsOf(subject).map(({ host, at, path: { path, pathType } }) => {
    const exact = pathType === "Exact";
    const value = (exact ? path : path?.replace(/(.)\/$/, "$1")) || "/";
    const key = JSON.stringify(["Ingress", controller, host, exact, value]);
    return { key, path: `${at}.path`, what: `${host}${value}` };
  });
}

function ofRoute(subject: Subject): Claim[] {
  const { hostnames, parentRefs, rules } = specOf<RouteSpec>(subject);
  const hosts = list(hostnames).length > 0 ? list(hostnames) : ["*"];
  return list(parentRefs).flatMap((parent) => {
    const {
      kind = "Gateway",
      namespace = nameOf(subject).namespace,
      name,
      sectionName,
    } = parent ?? {};
    const gateway = [kind, namespace, name, sectionName];
    return list(rules).flatMap((rule, index) => {
      const matches = list(rule?.matches);
      return (matches.length > 0 ? matches : [{}]).flatMap((match, place) => {
        const { type = "PathPrefix", value = "/" } = match?.path ?? {};
        const conditions = [type, value, match?.method, match?.headers, match?.queryParams];
        const path = matches.length > 0 ? `.matches[${place}]` : "";
        return hosts.map((host) => ({
          key: JSON.stringify([gateway, host, conditions]),
          path: `spec.rules[${index}]${path}`,
          what: `${host}${value}`,
        }));
      });
    });
  });
}
