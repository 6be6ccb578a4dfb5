import { type IngressSpec, ingressKinds, type RouteSpec, routeKinds } from "#model/ingress";
import { list } from "#model/kubernetes";
import { type ObjectRule, show, type Violation } from "#model/rule";
import { type Subject, specOf } from "#model/subject";

export const explicitHosts: ObjectRule = {
  id: "S9",
  name: "explicit-hosts",
  title: "Every route names the hosts that it answers for.",
  level: "mandatory",
  severity: "high",
  why: "An empty or wildcard host answers for every name, those of other teams included.",
  fix: "Write the full host name in spec.rules[].host, or in spec.hostnames of a route.",
  kinds: [...ingressKinds, ...routeKinds],
  admission: () => [
    `object.kind != "Ingress" || object.spec.?rules.orValue([]).all(r,
      !(r.?host.orValue("") == "" || r.host.contains("*")))`,
    `object.kind == "Ingress" || object.spec.?parentRefs.orValue([]).size() > 0 &&
      object.spec.parentRefs.all(p, p.?kind.orValue("") == "Service") ||
      object.spec.?hostnames.orValue([]).size() > 0 && object.spec.hostnames.all(h, !h.contains("*"))`,
  ],
  check(subject, context) {
    const isRoute = routeKinds.includes(subject.groupKind);
    return context.attempt(() => (isRoute ? inRoute(subject) : inIngress(subject)));
  },
};

function inIngress(subject: Subject): Violation[] {
  return list(specOf<IngressSpec>(subject).rules).flatMap((rule, index) =>
    problemOf(rule?.host, `spec.rules[${index}].host`),
  );
}

function inRoute(subject: Subject): Violation[] {
  const { hostnames, parentRefs } = specOf<RouteSpec>(subject);
  const parents = list(parentRefs);
  // A route inside the mesh hangs on a Service, and is about that Service's name.
  if (parents.length > 0 && parents.every((parent) => parent?.kind === "Service")) return [];
  if (subject.patch && !hostnames) return [];
  const path = "spec.hostnames";
  const names = list(hostnames);
  if (names.length === 0) return problemOf(undefined, path);
  return names.flatMap((name, index) => problemOf(name, `${path}[${index}]`));
}

function problemOf(host: string | undefined, path: string): Violation[] {
  if (host && !host.includes("*")) return [];
  const message = `is ${host === "" ? "empty" : show(host)}; write the full name of a host`;
  return [{ path, message }];
}
