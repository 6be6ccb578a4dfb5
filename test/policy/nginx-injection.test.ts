import assert from "node:assert/strict";
import { noNginxInjection } from "#policy/rules/services/no-nginx-injection";
import { made, messages, reported } from "./support/judging.ts";

const nginx = "nginx.ingress.kubernetes.io";
const ingress = (spec: object, annotations?: object) =>
  made("networking.k8s.io/v1", "Ingress", "web", spec, { annotations });
const inAnnotation = (key: string, value: unknown) =>
  reported(noNginxInjection, [ingress({}, { [key]: value })]);
const inPath = (path: unknown, pathType?: string) =>
  reported(noNginxInjection, [ingress({ rules: [{ http: { paths: [{ path, pathType }] } }] })]);

describe("injection into nginx", () => {
  for (const key of [
    `${nginx}/configuration-snippet`,
    `${nginx}/server-snippet`,
    `${nginx}/auth-snippet`,
    `${nginx}/modsecurity-snippet`,
    `${nginx}/stream-snippet`,
    "nginx.org/location-snippets",
    "nginx.org/server-snippets",
  ]) {
    it(`is refused by ${key}`, () => {
      const found = inAnnotation(key, "");
      assert.deepEqual(found, [`Ingress mesh/web: metadata.annotations["${key}"]`]);
    });
  }

  /** The published attacks, by the annotation that they use. */
  const attacks: [string, string][] = [
    ["permanent-redirect", "https://a;}location ~* \\.php(/|$) {content_by_lua 'x'"],
    ["auth-url", "http://a/#;\nload_module test"],
    ["auth-tls-match-cn", "CN=a #(\n)"],
    ["mirror-target", "fake;"],
    ["mirror-host", "a\rb"],
    ["rewrite-target", "/{"],
    ["server-alias", "a }"],
  ];
  for (const [name, value] of attacks) {
    it(`is refused in ${name}`, () => {
      assert.equal(inAnnotation(`${nginx}/${name}`, value).length, 1);
    });
  }

  it("is not seen in plain values, nor in annotations of others", () => {
    const plain: [string, unknown][] = [
      [`${nginx}/rewrite-target`, "/$2"],
      [`${nginx}/auth-url`, "https://$host/oauth2/auth?a=b&c=d"],
      [`${nginx}/permanent-redirect`, "https://a.example/#/app"],
      [`${nginx}/proxy-body-size`, 8],
      [`${nginx}/use-regex`, null],
      ["nginx.org/rewrites", "serviceName=web rewrite=/"],
      ["example.com/configuration-snippet", "a;"],
      ["kubectl.kubernetes.io/last-applied-configuration", "{}\n"],
      ["xnginx.org/server-snippets", "{}"],
      [`example.com/${nginx}/x`, "{}"],
    ];
    for (const [key, value] of plain) assert.deepEqual(inAnnotation(key, value), [], key);
    assert.deepEqual(reported(noNginxInjection, [ingress({}, undefined)]), []);
  });

  it("is refused in paths", () => {
    const at = ["Ingress mesh/web: spec.rules[0].http.paths[0].path"];
    for (const path of ["/;", "/a b", "/{", "/}", "/\n", '/"', "/'", "/#"]) {
      for (const type of ["Prefix", "Exact", "ImplementationSpecific", undefined]) {
        assert.deepEqual(inPath(path, type), at, `${path} ${type}`);
      }
    }
    for (const path of ["/api(/|$)(.*)", "/a\\d", "/a?b", "/^a", "a", "~ /a"]) {
      assert.deepEqual(inPath(path, "Prefix"), at, path);
      assert.deepEqual(inPath(path, "Exact"), at, path);
    }
    for (const path of ["/etc", "/etc/passwd", "/root/.ssh", "/var/run/secrets/token"]) {
      for (const type of ["Prefix", "ImplementationSpecific"])
        assert.deepEqual(inPath(path, type), at, path);
    }
  });

  it("is not seen in plain paths, nor in patterns of the controller's own kind", () => {
    for (const path of [
      "/",
      "/api/v1",
      "/.well-known/acme-challenge",
      "/~a_b-c",
      "/a%20b",
      "/etcetera",
      "/var/run",
    ]) {
      for (const type of ["Prefix", "Exact", "ImplementationSpecific"]) {
        assert.deepEqual(inPath(path, type), [], path);
      }
    }
    for (const path of ["/api(/|$)(.*)", "/\\d+", "/a?"]) assert.deepEqual(inPath(path), [], path);
    for (const none of [undefined, null, ""]) assert.deepEqual(inPath(none, "Prefix"), []);
  });

  it("is explained", () => {
    const paths = ["/;", "/etc"].map((path) => ({ path, pathType: "Prefix" }));
    const annotations = { [`${nginx}/server-snippet`]: "x", [`${nginx}/mirror-target`]: "a;" };
    assert.deepEqual(
      messages(noNginxInjection, [ingress({ rules: [{ http: { paths } }] }, annotations)]),
      [
        "is a snippet of nginx's configuration; remove it",
        'is "a;"; write it without ";", "{", "}" and line breaks',
        'is "/;"; write letters, digits and -._~/ only',
        'is "/etc"; name no folder with secrets',
      ],
    );
  });
});
