import assert from "node:assert/strict";
import { compliantMesh } from "#policy/examples/mesh";
import { Graph } from "#policy/model/graph";
import { knowing } from "#policy/model/judge";
import { fromManifest, fromPulumi } from "#policy/model/subject";
import { rules } from "#policy/rules/all";
import { restartOnChange } from "#policy/rules/secrets/restart-on-change";
import { judgeAlone } from "./support/judge-alone.ts";

const ours = rules.filter(({ id }) => ["K1", "K2", "K3", "K4"].includes(id));

function of(object: object): string[] {
  const [subject] = fromManifest({ apiVersion: "v1", metadata: { name: "x" }, ...object });
  assert.ok(subject);
  return judgeAlone(ours, subject, {});
}

const inPod = (container: unknown, group = "containers") =>
  of({ kind: "Pod", spec: { [group]: [container] } });

describe("the rules about secrets", () => {
  const at = "spec.containers[0]";
  const secretKeyRef = { name: "s", key: "k" };

  const containers: [string, unknown, string[]][] = [
    [
      "one of two variables from a Secret",
      {
        env: [
          { name: "A", value: "b" },
          { name: "B", valueFrom: { secretKeyRef } },
        ],
      },
      [`K1 ${at}.env[1].valueFrom.secretKeyRef`],
    ],
    [
      "variables from ConfigMaps and fields",
      {
        env: [
          { name: "A", valueFrom: { configMapKeyRef: secretKeyRef } },
          { name: "B", valueFrom: { fieldRef: {} } },
        ],
        envFrom: [{ configMapRef: { name: "c" } }],
      },
      [],
    ],
    [
      "the second source a Secret",
      { envFrom: [{ configMapRef: { name: "c" } }, { secretRef: {} }] },
      [`K1 ${at}.envFrom[1].secretRef`],
    ],
    [
      "a literal password after others",
      {
        env: [
          { name: "A", value: "b" },
          { name: "DB_PASSWORD", value: "hunter22" },
        ],
      },
      [`K2 ${at}.env[1].value`],
    ],
    [
      "a password in the command",
      { command: ["psql", "postgres://a:b2@c/d"] },
      [`K2 ${at}.command[1]`],
    ],
    [
      "a password after its flag",
      { args: ["--user", "web", "--password", "hunter22"] },
      [`K2 ${at}.args[3]`],
    ],
    ["a token after a name that is no flag", { args: ["password", "hunter22"] }, []],
    ["a flag after a flag", { args: ["--password", "--verbose"] }, []],
    [
      "a password's file",
      { args: ["--password-file", "/run/password"], env: [{ name: "PASSWORD_FILE", value: "/x" }] },
      [],
    ],
    ["nothing in its fields", { env: [null], envFrom: [null], args: null, command: null }, []],
    [
      "values of other types",
      { env: [{ name: "DB_PASSWORD", value: 1 }], args: [1, { a: 1 }, null] },
      [],
    ],
    ["nothing at all", null, []],
  ];
  for (const [what, container, expected] of containers) {
    it(`judge a container with ${what}`, () => assert.deepEqual(inPod(container), expected));
  }

  it("look at ephemeral containers", () => {
    assert.deepEqual(inPod({ envFrom: [{ secretRef: { name: "s" } }] }, "ephemeralContainers"), [
      "K1 spec.ephemeralContainers[0].envFrom[0].secretRef",
    ]);
  });

  it("name the Secret, but never show a credential", () => {
    const [subject] = fromManifest({
      apiVersion: "v1",
      kind: "Pod",
      spec: {
        containers: [
          {
            env: [
              { name: "B", valueFrom: { secretKeyRef } },
              { name: "PASSWORD", value: "hunter22" },
            ],
            args: ["--password=hunter22"],
          },
        ],
      },
    });
    const found = ours.flatMap((rule) =>
      "check" in rule && subject ? rule.check(subject, knowing({})) : [],
    );
    const messages = found.map(({ message }) => message);
    assert.equal(messages.length, 3);
    assert.match(messages[0] ?? "", /Secret s /);
    assert.match(messages[1] ?? "", /a literal password/);
    assert.doesNotMatch(messages.join(), /hunter22/);
  });

  const url = "redis://:hunter22@cache";

  it("search ConfigMaps by key and by text, and nothing else of them", () => {
    assert.deepEqual(of({ kind: "ConfigMap", data: { a: "b", DB_PASSWORD: "hunter22" } }), [
      "K3 data.DB_PASSWORD",
    ]);
    assert.deepEqual(
      of({ kind: "ConfigMap", data: { a: url, b: "password: hunter22", c: 1, d: null } }),
      ["K3 data.a", "K3 data.b"],
    );
    assert.deepEqual(
      of({ kind: "ConfigMap", data: null, binaryData: { password: "aHVudGVyMjI=" } }),
      [],
    );
    assert.deepEqual(
      of({ kind: "Secret", stringData: { password: url }, data: { password: "x" } }),
      [],
    );
  });

  it("search annotations of every object and of templates by their text, not by their keys", () => {
    assert.deepEqual(of({ kind: "Service", metadata: { annotations: { a: url } } }), [
      "K3 metadata.annotations.a",
    ]);
    assert.deepEqual(
      of({ kind: "Ingress", metadata: { annotations: { "x/auth-password": "basic-auth1" } } }),
      [],
    );
    const template = { metadata: { annotations: { b: url } } };
    assert.deepEqual(of({ apiVersion: "apps/v1", kind: "Deployment", spec: { template } }), [
      "K3 spec.template.metadata.annotations.b",
    ]);
    assert.deepEqual(of({ kind: "Pod", metadata: { annotations: { a: url } } }), [
      "K3 metadata.annotations.a",
    ]);
    assert.deepEqual(of({ kind: "Pod", metadata: null }), []);
  });

  it("refuse a service account's token, in patches too, and no other type of Secret", () => {
    const type = "kubernetes.io/service-account-token";
    assert.deepEqual(of({ kind: "Secret", type }), ["K4 type"]);
    assert.deepEqual(of({ kind: "Secret", type: "kubernetes.io/tls" }), []);
    assert.deepEqual(of({ kind: "Secret" }), []);
    const [patch] = fromPulumi("kubernetes:core/v1:SecretPatch", { type });
    assert.ok(patch);
    assert.deepEqual(judgeAlone(ours, patch, {}), ["K4 type"]);
  });
});

describe("a change of configuration", () => {
  /** Paths at which pods of a kind are reported that use ConfigMap or Secret `name`. */
  function judge(
    pod: object,
    {
      name = "c",
      kind = "ConfigMap",
      immutable = false,
      namespace = "n",
      settings = {},
      workload = "Deployment",
      annotations = {},
    } = {},
  ) {
    const template = { metadata: { annotations }, spec: pod };
    const objects = [
      {
        apiVersion: "apps/v1",
        kind: workload,
        metadata: { name: "w", namespace: "n" },
        spec: { template },
      },
      { apiVersion: "v1", kind, metadata: { name, namespace }, immutable },
    ];
    return restartOnChange
      .checkStack(new Graph(objects.flatMap(fromManifest)), knowing(settings))
      .map(({ path }) => path.replace("spec.template.spec.", ""));
  }
  const volume = (name: string) => ({ volumes: [{ name: "v", configMap: { name } }] });

  const ways: [string, object, object, string][] = [
    ["a volume", volume("c"), {}, "volumes[0].configMap.name"],
    [
      "a Secret's volume",
      { volumes: [{ secret: { secretName: "c" } }] },
      { kind: "Secret" },
      "volumes[0].secret.secretName",
    ],
    [
      "a projected ConfigMap",
      { volumes: [{}, { projected: { sources: [{}, { configMap: { name: "c" } }] } }] },
      {},
      "volumes[1].projected.sources[1].configMap.name",
    ],
    [
      "a projected Secret",
      { volumes: [{ projected: { sources: [{ secret: { name: "c" } }] } }] },
      { kind: "Secret" },
      "volumes[0].projected.sources[0].secret.name",
    ],
    [
      "a variable",
      { containers: [{ env: [{}, { valueFrom: { configMapKeyRef: { name: "c" } } }] }] },
      {},
      "containers[0].env[1].valueFrom.configMapKeyRef.name",
    ],
    [
      "a secret variable",
      { containers: [{ env: [{ valueFrom: { secretKeyRef: { name: "c" } } }] }] },
      { kind: "Secret" },
      "containers[0].env[0].valueFrom.secretKeyRef.name",
    ],
    [
      "all variables",
      { initContainers: [{ envFrom: [{}, { configMapRef: { name: "c" } }] }] },
      {},
      "initContainers[0].envFrom[1].configMapRef.name",
    ],
    [
      "all secret variables",
      { containers: [{}, { envFrom: [{ secretRef: { name: "c" } }] }] },
      { kind: "Secret" },
      "containers[1].envFrom[0].secretRef.name",
    ],
  ];
  for (const [what, pod, options, path] of ways) {
    it(`is seen to come through ${what}`, () => assert.deepEqual(judge(pod, options), [path]));
  }

  it("restarts pods where the object can't change and its name has a hash", () => {
    for (const name of ["c-5d41402abc", "c-abcdefab", "c-bcdfghkmtb", "c-a1b2c3"]) {
      assert.deepEqual(judge(volume(name), { name, immutable: true }), [], name);
      assert.equal(judge(volume(name), { name, immutable: false }).length, 1, name);
    }
    for (const name of ["c", "web-config", "web-defaults", "c-2024", "5d41402abc", "c-5D41402"]) {
      assert.equal(judge(volume(name), { name, immutable: true }).length, 1, name);
    }
  });

  it("restarts pods that carry a checksum", () => {
    assert.deepEqual(judge(volume("c"), { annotations: { "checksum/config": "1" } }), []);
    assert.equal(judge(volume("c"), { annotations: { "my-hash": "1" } }).length, 1);
    const settings = { annotations: ["my-"] };
    assert.deepEqual(judge(volume("c"), { annotations: { "my-hash": "1" }, settings }), []);
    assert.equal(judge(volume("c"), { annotations: { "checksum/c": "1" }, settings }).length, 1);
  });

  it("is asked of what rolls out anew, each kind of it, and of objects of the stack alone", () => {
    for (const workload of ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"]) {
      assert.equal(judge(volume("c"), { workload }).length, 1, workload);
    }
    assert.deepEqual(judge(volume("c"), { workload: "Job" }), []);
    assert.deepEqual(judge(volume("elsewhere")), []);
    assert.deepEqual(judge(volume("c"), { namespace: "m" }), []);
    assert.deepEqual(judge(volume("c"), { kind: "Secret" }), []);
  });

  it("bears pods in which nothing is said", () => {
    assert.deepEqual(
      judge({ volumes: [null], containers: [null, { env: [null], envFrom: [null] }] }),
      [],
    );
    assert.deepEqual(judge({ volumes: [{ projected: { sources: [null] } }, { secret: {} }] }), []);
  });

  it("says what the object lacks", () => {
    const mesh = compliantMesh();
    const config = mesh["ConfigMap/web-config-5d41402abc"];
    Object.assign(config ?? {}, { immutable: undefined });
    const graph = new Graph(Object.values(mesh).flatMap(fromManifest));
    const [found] = restartOnChange.checkStack(graph, knowing({}));
    assert.match(
      found?.message ?? "",
      /^is ConfigMap web-config-5d41402abc, which is not immutable;/,
    );
  });
});
