import { type IngressSpec, ingressKinds } from "#model/ingress";
import { list } from "#model/kubernetes";
import { type ObjectRule, show, type Violation, violationIf } from "#model/rule";
import { type Subject, specOf } from "#model/subject";

const gateway = "gateway.networking.k8s.io/Gateway";

export const ingressTls: ObjectRule = {
  id: "S8",
  name: "ingress-tls",
  title: "What is exposed is exposed by TLS only.",
  level: "mandatory",
  severity: "high",
  why: "Plain HTTP shows passwords and tokens to everybody on the way, and lets them change answers.",
  fix: "Add spec.tls with the hosts and their certificate, and don't switch the redirect off.",
  kinds: [...ingressKinds, gateway],
  admission: () => [
    `object.kind == "Gateway" || object.spec.?tls.orValue([]).size() > 0 && variables.annotations.all(k,
      !(k.matches("/(ssl-redirect|router[.]tls)$") && variables.annotations[k] == "false") &&
      !(k.matches("/(ingress[.])?allow-http$") && variables.annotations[k] == "true") &&
      !(k.endsWith("/router.entrypoints") &&
        variables.annotations[k].matches("(^|,)[[:space:]]*web[[:space:]]*(,|$)")))`,
    `object.kind != "Gateway" || object.spec.?listeners.orValue([]).exists(l, l.protocol in ["HTTPS", "TLS"]) ||
      object.spec.?listeners.orValue([]).all(l, l.protocol != "HTTP")`,
  ],
  check(subject, context) {
    if (subject.groupKind === gateway) return context.attempt(() => plainListeners(subject));
    const annotations = Object.entries(subject.body.metadata?.annotations ?? {});
    const switches = annotations.filter(([key, value]) => isPlain(key, String(value)));
    return [
      ...context.attempt(() => withoutTls(subject)),
      ...switches.map(([key, value]) => ({
        path: `metadata.annotations[${show(key)}]`,
        message: `is ${show(value)}, which serves plain HTTP; remove it`,
      })),
    ];
  },
};

function withoutTls(subject: Subject): Violation[] {
  const { tls } = specOf<IngressSpec>(subject);
  if (subject.patch && tls === undefined) return [];
  const message = "is missing; name the hosts and the Secret with their certificate";
  return violationIf(list(tls).length === 0, "spec.tls", message);
}

/** Annotations of the usual controllers that serve plain HTTP beside, or in place of, TLS. */
function isPlain(key: string, value: string): boolean {
  const [, name = ""] = key.split("/");
  if (name === "ssl-redirect" || name === "router.tls") return value === "false";
  if (name === "ingress.allow-http" || name === "allow-http") return value === "true";
  return name === "router.entrypoints" && value.split(",").some((each) => each.trim() === "web");
}

/** A listener on HTTP may redirect to one on HTTPS, but alone it serves. */
function plainListeners(subject: Subject): Violation[] {
  const listeners = list(specOf<{ listeners: { protocol?: string }[] }>(subject).listeners);
  if (listeners.some((listener) => /^(HTTPS|TLS)$/.test(listener?.protocol ?? ""))) return [];
  return listeners.flatMap((listener, index) => {
    const message = 'is "HTTP", and no listener has TLS; write "HTTPS" with a certificate';
    const path = `spec.listeners[${index}].protocol`;
    return violationIf(listener?.protocol === "HTTP" && !subject.patch, path, message);
  });
}
