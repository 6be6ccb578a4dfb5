import { type IngressSpec, ingressKinds } from "#model/ingress";
import { list } from "#model/kubernetes";
import { type ObjectRule, show, type Violation } from "#model/rule";
import { type Subject, specOf } from "#model/subject";

/** In CEL: the certificate's name `n` stands for the host `h`. */
const coversInCel = `(n == h || n.startsWith("*.") && h.contains(".") &&
  "*" + h.substring(h.indexOf(".")) == n)`;

export const tlsHosts: ObjectRule = {
  id: "S10",
  name: "tls-hosts",
  title: "An Ingress has certificates for the hosts that it routes, and for no others.",
  level: "mandatory",
  severity: "medium",
  why: "A host without a certificate is served with a wrong one; one that is not routed leaks a name.",
  fix: "List the same hosts in spec.tls[].hosts and in spec.rules[].host.",
  kinds: ingressKinds,
  admission: () => ({
    variables: {
      tls: "object.spec.?tls.orValue([])",
      routed: 'object.spec.?rules.orValue([]).map(r, r.?host.orValue(""))',
    },
    validations: [
      `variables.tls.size() == 0 || variables.routed.all(h, h == "" ||
        variables.tls.exists(t, t.?hosts.orValue([]).exists(n, ${coversInCel})))`,
      `variables.routed.size() == 0 || "" in variables.routed || variables.tls.all(t,
        t.?hosts.orValue([]).all(n, variables.routed.exists(h, ${coversInCel})))`,
    ],
  }),
  check(subject, context) {
    return context.attempt(() => differences(subject));
  },
};

function differences(subject: Subject): Violation[] {
  const { tls, rules } = specOf<IngressSpec>(subject);
  // S8 speaks of an Ingress without TLS; of a patch, only one half may be there.
  if (list(tls).length === 0 || (subject.patch && !rules)) return [];
  const certified = list(tls).flatMap((entry) => list(entry?.hosts));
  const routed = list(rules).map((rule) => rule?.host ?? "");
  const unserved = routed.flatMap((host, index): Violation[] => {
    if (!host || certified.some((name) => covers(name, host))) return [];
    const message = `is ${show(host)}, which no entry of spec.tls has; add it there`;
    return [{ path: `spec.rules[${index}].host`, message }];
  });
  // A rule without a host routes them all; S9 speaks of it. So does a default backend.
  if (routed.length === 0 || routed.includes("")) return unserved;
  const unrouted = list(tls).flatMap((entry, index) =>
    list(entry?.hosts).flatMap((name, place): Violation[] => {
      if (routed.some((host) => covers(name, host))) return [];
      const message = `is ${show(name)}, which no rule routes; remove it, or add a rule`;
      return [{ path: `spec.tls[${index}].hosts[${place}]`, message }];
    }),
  );
  return [...unserved, ...unrouted];
}

/** A wildcard certificate stands for one label, as in TLS. */
function covers(name: string, host: string): boolean {
  return name === host || (name?.startsWith("*.") && host.replace(/^[^.]+/, "*") === name);
}
