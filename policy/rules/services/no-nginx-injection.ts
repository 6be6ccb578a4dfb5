import { matchesPattern } from "#model/admission";
import { ingressKinds, pathsOf } from "#model/ingress";
import { type ObjectRule, show, type Violation } from "#model/rule";
import type { Subject } from "#model/subject";

/** Lines of nginx's configuration in place of a value; `nginx.org` is the vendor's own controller. */
const snippet = /^nginx\.(ingress\.kubernetes\.io\/.*-snippet|org\/.*-snippets?)$/;
const ofNginx = /^nginx\.(ingress\.kubernetes\.io|org)\//;

/** What ends a directive or opens a block, and so begins another one. */
const breaksOut = /[\r\n;{}]/;

/** What a plain path is made of; only a path of the controller's own kind may be a pattern. */
const plainPath = /^\/[\w.~%@+:,=!&*/-]*$/;
const breaksPattern = /[\s;{}"'#]/;
const secretFolder = /^\/(etc|root|var\/run\/secrets)(\/|$)/;

export const noNginxInjection: ObjectRule = {
  id: "S13",
  name: "no-nginx-injection",
  title: "No Ingress writes into the configuration of nginx.",
  level: "mandatory",
  severity: "high",
  why: "Its author can then run code in the controller and read every Secret of the cluster (CVE-2021-25742, CVE-2021-25745, CVE-2023-5043, CVE-2023-5044, CVE-2025-1974).",
  fix: "Use the annotations made for the purpose, with plain values, and plain paths.",
  kinds: ingressKinds,
  admission: () => [
    `variables.annotations.all(k, !${matchesPattern("k", snippet)} && !(${matchesPattern("k", ofNginx)} &&
      ${matchesPattern("variables.annotations[k]", breaksOut)}))`,
    `object.spec.?rules.orValue([]).all(r, r.?http.?paths.orValue([]).all(p, p.?path.orValue("") == "" ||
      !${matchesPattern("p.path", secretFolder)} && (p.?pathType.orValue("") in ["Exact", "Prefix"] ?
        ${matchesPattern("p.path", plainPath)} : !${matchesPattern("p.path", breaksPattern)})))`,
  ],
  check(subject, context) {
    return [
      ...context.attempt(() => inAnnotations(subject)),
      ...context.attempt(() => inPaths(subject)),
    ];
  },
};

function inAnnotations(subject: Subject): Violation[] {
  return Object.entries(subject.body.metadata?.annotations ?? {}).flatMap(([key, value]) => {
    const path = `metadata.annotations[${show(key)}]`;
    if (snippet.test(key)) {
      return [{ path, message: "is a snippet of nginx's configuration; remove it" }];
    }
    if (!ofNginx.test(key) || !breaksOut.test(String(value))) return [];
    const message = `is ${show(value)}; write it without ";", "{", "}" and line breaks`;
    return [{ path, message }];
  });
}

function inPaths(subject: Subject): Violation[] {
  return pathsOf(subject).flatMap(({ at, path: { path, pathType } }): Violation[] => {
    if (!path) return [];
    const isPlain = pathType === "Exact" || pathType === "Prefix";
    const bad = isPlain ? !plainPath.test(path) : breaksPattern.test(path);
    if (!bad && !secretFolder.test(path)) return [];
    const fix = bad ? "write letters, digits and -._~/ only" : "name no folder with secrets";
    return [{ path: `${at}.path`, message: `is ${show(path)}; ${fix}` }];
  });
}
