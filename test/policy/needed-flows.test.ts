import assert from "node:assert/strict";
import { env, found, lets, names, object, of, pod, policy, service } from "./support/flows.ts";

describe("flows that a pod names", () => {
  const y = [pod("y"), service("y"), names];

  const needs: [string, string, boolean][] = [
    ["a URL", "http://y.a.svc:8080/x", true],
    ["a URL with the whole name", "http://y.a.svc.cluster.local:8080", true],
    ["a URL without a port", "http://y.a.svc/x", true],
    ["a URL with the name alone", "http://y:8080", true],
    ["a URL with the name alone and no port", "http://y/x", true],
    ["a URL with a user", "redis://u:p@y:8080", true],
    ["a host", "y.a.svc", true],
    ["a host without svc", "y.a", true],
    ["a host with a port", "y:8080", true],
    ["a host in a list", "z:1,y:8080", true],
    ["a list of hosts", "b.example.org,y.a.svc", true],
    ["a word that is a Service's name", "y", false],
    ["an image's tag", "y:1.2", false],
    ["a port that the Service does not have", "y:81", false],
    ["a host elsewhere", "http://y.example.org:8080", false],
    ["another namespace", "http://y.b.svc:8080", false],
    ["a longer name", "http://my-y:8080", false],
    ["a name that goes on", "http://y-2:8080", false],
    ["a user of that name", "http://y@example.org", false],
    ["a sentence with a name in it", "say y.a twice", false],
    ["a mail address", "y@example.org", false],
  ];
  for (const [what, value, isNeed] of needs) {
    it(`${isNeed ? "are seen" : "are not seen"} in ${what}`, () => {
      assert.deepEqual(of([pod("x", env(value)), ...y]), isNeed ? ["Pod a/x c.env[0].value"] : []);
    });
  }

  it("are seen in a variable that is named like a host", () => {
    const named = (name: string, value: string) => pod("x", { env: [{ name, value }] });
    for (const name of [
      "DATABASE_HOST",
      "PGHOST",
      "dbHostname",
      "CACHE_ADDR",
      "X_ADDRESS",
      "SERVER",
    ]) {
      assert.equal(of([named(name, "y"), ...y]).length, 1, name);
    }
    assert.deepEqual(of([named("DATABASE_HOST", "z"), ...y]), []);
    assert.deepEqual(of([named("DATABASE_HOST", "not y"), ...y]), []);
    assert.deepEqual(of([named("HOST_NAME", "y"), ...y]), []);
  });

  it("are open at both ends, on the port of the pod", () => {
    const x = pod("x", env("http://y.a.svc:8080"));
    assert.deepEqual(of([x, ...y, ...lets("x", "y")]), []);
    const [out, into] = lets("x", "y") as [object, object];
    const [first] = found([x, ...y, out], {});
    assert.equal(
      first?.message,
      "names y.a.svc:8080, but no NetworkPolicy lets Pod a/x call Pod a/y on 80/TCP (ingress); open that",
    );
    assert.match(found([x, ...y, into])[0]?.message ?? "", /\(egress\)/);
    assert.match(found([x, ...y])[0]?.message ?? "", /\(egress and ingress\)/);
    assert.equal(of([x, ...y, ...lets("x", "y", "http")]).length, 0);
    assert.ok(of([x, ...y, ...lets("x", "y", 8080)]).includes("Pod a/x c.env[0].value"));
  });

  it("are read from everything that tells the pod something", () => {
    const url = "http://y.a.svc:8080";
    const map = object("ConfigMap", "m", { data: { k: url, l: "no" } });
    const mounted = (volume: object) => pod("x", {}, { spec: { volumes: [{}, volume] } });
    const secret = object("Secret", "m", { stringData: { k: url } });
    const encoded = object("Secret", "m", { data: { k: Buffer.from(url).toString("base64") } });
    const ref = { name: "m", key: "k" };
    const cases: [object, string][] = [
      [pod("x", { args: ["-v", `--url=${url}`] }), "c.args[1]"],
      [pod("x", { command: ["run", url] }), "c.command[1]"],
      [
        pod("x", {}, { spec: { initContainers: [{}, env(url)] } }),
        "spec.initContainers[1].env[0].value",
      ],
      [
        pod("x", { env: [{ valueFrom: { configMapKeyRef: ref } }] }),
        "c.env[0].valueFrom.configMapKeyRef.name",
      ],
      [pod("x", { envFrom: [{ configMapRef: { name: "m" } }] }), "c.envFrom[0].configMapRef.name"],
      [mounted({ configMap: { name: "m" } }), "spec.volumes[1].configMap.name"],
      [
        mounted({ projected: { sources: [{}, { configMap: { name: "m" } }] } }),
        "spec.volumes[1].projected.sources[1].configMap.name",
      ],
    ];
    for (const [x, path] of cases) assert.deepEqual(of([x, map, ...y]), [`Pod a/x ${path}`]);
    const secrets: [object, string][] = [
      [mounted({ secret: { secretName: "m" } }), "spec.volumes[1].secret.secretName"],
      [
        mounted({ projected: { sources: [{ secret: { name: "m" } }] } }),
        "spec.volumes[1].projected.sources[0].secret.name",
      ],
      [
        pod("x", { env: [{ valueFrom: { secretKeyRef: ref } }] }),
        "c.env[0].valueFrom.secretKeyRef.name",
      ],
      [pod("x", { envFrom: [{ secretRef: { name: "m" } }] }), "c.envFrom[0].secretRef.name"],
    ];
    for (const [x, path] of secrets) {
      assert.deepEqual(of([x, secret, ...y]), [`Pod a/x ${path}`]);
      assert.deepEqual(of([x, encoded, ...y]), [`Pod a/x ${path}`]);
    }
    const other = pod("x", { env: [{ valueFrom: { configMapKeyRef: { name: "m", key: "l" } } }] });
    assert.deepEqual(of([other, map, ...y]), []);
  });

  it("are sure in a file only with a port or in a URL", () => {
    const x = pod("x", {}, { spec: { volumes: [{ configMap: { name: "m" } }] } });
    const map = (text: string) => object("ConfigMap", "m", { data: { k: text } });
    assert.deepEqual(of([x, map('{"host":"y.a.svc"}'), ...y]), []);
    assert.equal(of([x, map('targets: ["y:8080"]'), ...y]).length, 1);
    assert.equal(of([x, map("url: http://y/x"), ...y]).length, 1);
  });

  it("lead to the ports of the pods themselves behind a headless Service", () => {
    const headless = service("y", { clusterIP: "None", ports: [{ port: 80, targetPort: 9999 }] });
    const stack = [pod("y"), headless, names, ...lets("x", "y")];
    assert.deepEqual(of([pod("x", env("y.a.svc:80")), ...stack]), []);
    assert.deepEqual(of([pod("x", env("y.a.svc")), ...stack]), []);
    assert.ok(of([pod("x", env("http://y.a.svc:81")), ...stack]).length > 0);
  });

  it("are open to each pod behind a Service, but not to itself and its siblings", () => {
    const web = service("y", { selector: { tier: "web" } });
    const tier = { metadata: { labels: { app: "y", tier: "web" }, name: "y", namespace: "a" } };
    const z = { metadata: { labels: { app: "z", tier: "web" }, name: "z", namespace: "a" } };
    const stack = [pod("x", env("y:8080")), pod("y", {}, tier), pod("z", {}, z), web, names];
    assert.deepEqual(of([...stack, ...lets("x", "y")]), ["Pod a/x c.env[0].value"]);
    assert.deepEqual(of([pod("y", env("y.a.svc")), service("y"), names]), []);
  });

  it("reach another namespace", () => {
    const far = [pod("y", {}, { namespace: "b" }), service("y", {}, "b"), policy("deny", {}, "b")];
    assert.equal(of([pod("x", env("http://y.b.svc:8080")), ...far]).length, 1);
    assert.equal(of([pod("x", env("y.b:8080")), ...far]).length, 1);
    assert.equal(of([pod("x", env("y:8080")), ...far]).length, 0);
  });

  it("do not matter where no policy is, or where the pod uses the node's network", () => {
    const x = pod("x", env("y.a.svc"));
    assert.deepEqual(of([x, pod("y"), service("y")]), []);
    assert.deepEqual(of([pod("x", env("y.a.svc"), { spec: { hostNetwork: true } }), ...y]), []);
  });

  it("bear pods in which nothing is said", () => {
    const x = pod(
      "x",
      { env: [null, {}], envFrom: [null], args: [null, 1], ports: [null] },
      { spec: { volumes: [null], initContainers: [null] } },
    );
    assert.deepEqual(of([x, ...y]), []);
    assert.deepEqual(
      of([pod("x", env("y.a.svc")), pod("y"), object("Service", "y", {}), names]),
      [],
    );
  });
});
