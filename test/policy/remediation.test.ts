import assert from "node:assert/strict";
import { judgeOne } from "#policy/model/judge";
import type { KubernetesObject } from "#policy/model/kubernetes";
import type { ObjectRule } from "#policy/model/rule";
import { fromManifest, fromPulumi } from "#policy/model/subject";
import { rules } from "#policy/rules/all";
import { type PolicyHost, startPolicyHost } from "./support/host.ts";
import { compliantPod, kinds } from "./support/objects.ts";

/** How Pulumi's protocol marks a secret, and a string that is not known yet. */
const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const mending = rules.filter(
  (rule): rule is ObjectRule => "remediate" in rule && rule.remediate !== undefined,
);

/** A pod that lacks what remediations add, in two containers and an init container. */
function careless() {
  const pod = compliantPod();
  pod.spec.securityContext = { runAsNonRoot: true };
  pod.spec.automountServiceAccountToken = undefined;
  for (const container of [...pod.spec.initContainers, ...pod.spec.containers]) {
    container.securityContext = { ...container.securityContext, capabilities: undefined };
  }
  return JSON.parse(JSON.stringify(pod)) as typeof pod;
}

function unlabelled(object: KubernetesObject): KubernetesObject {
  const {
    "app.kubernetes.io/name": _,
    "app.kubernetes.io/managed-by": __,
    ...labels
  } = object.metadata?.labels ?? {};
  return { ...object, metadata: { ...object.metadata, labels } };
}

/** Mends an object by one rule alone, or by all. */
function mend(object: KubernetesObject, ids = mending.map(({ id }) => id)) {
  const mended = structuredClone(object);
  const [subject] = fromManifest(mended);
  assert.ok(subject);
  const by = mending.filter(
    (rule) => ids.includes(rule.id) && rule.remediate?.(subject, {}) === true,
  );
  return { mended, by: by.map(({ id }) => id) };
}

const violated = (object: KubernetesObject) =>
  fromManifest(object).flatMap((subject) =>
    mending.filter((rule) => judgeOne(rule, subject, {}).length > 0).map(({ id }) => id),
  );
const ids = ["P12", "P19", "P27", "M4"];
const inPod = (change: (pod: ReturnType<typeof careless>) => void) => {
  const pod = careless();
  change(pod);
  return { apiVersion: "v1", kind: "Pod", ...pod };
};

describe("remediation", () => {
  for (const [kind, wrap] of Object.entries(kinds)) {
    it(`mends a ${kind}, so that the same rules are kept`, () => {
      const object = unlabelled(wrap(careless()));
      assert.deepEqual(violated(object).sort(), [...ids].sort());
      const { mended, by } = mend(object);
      assert.deepEqual(by.sort(), [...ids].sort());
      assert.deepEqual(violated(mended), []);
    });

    it(`leaves a ${kind} alone in which nothing is wrong`, () => {
      const object = wrap(compliantPod());
      const { mended, by } = mend(object);
      assert.deepEqual(by, []);
      assert.deepEqual(mended, object);
    });
  }

  it("adds nothing but what is missing", () => {
    const { mended } = mend(
      inPod(() => {}),
      ["P12", "P19", "P27"],
    );
    const expected = inPod(({ spec }) => {
      spec.securityContext = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
      spec.automountServiceAccountToken = false;
      for (const each of [...spec.initContainers, ...spec.containers]) {
        each.securityContext = { ...each.securityContext, capabilities: { drop: ["ALL"] } };
      }
    });
    assert.deepEqual(mended, expected);
  });

  it("keeps what was dropped and what was added", () => {
    const object = inPod(({ spec }) => {
      const capabilities = { drop: ["KILL"], add: ["CHOWN"] };
      spec.containers = [{ name: "web", securityContext: { capabilities } }];
    });
    const { mended } = mend(object, ["P19"]);
    assert.deepEqual(mended.spec?.containers?.[0]?.securityContext?.capabilities, {
      drop: ["KILL", "ALL"],
      add: ["CHOWN"],
    });
  });

  const left: [what: string, id: string, change: Parameters<typeof inPod>[0]][] = [
    [
      "a seccomp profile that somebody chose",
      "P12",
      ({ spec }) =>
        Object.assign(spec, { securityContext: { seccompProfile: { type: "Unconfined" } } }),
    ],
    [
      "containers that all have a profile",
      "P12",
      ({ spec }) => {
        for (const each of [...spec.initContainers, ...spec.containers])
          each.securityContext = { seccompProfile: { type: "Localhost" } };
      },
    ],
    [
      "a token that somebody asked for",
      "P27",
      ({ spec }) => Object.assign(spec, { automountServiceAccountToken: true }),
    ],
    ["a pod without containers", "P27", ({ spec }) => Object.assign(spec, { containers: null })],
    [
      "empty containers",
      "P19",
      ({ spec }) => Object.assign(spec, { containers: [null], initContainers: null }),
    ],
    ...["P12", "P19", "P27"].map((id): (typeof left)[number] => [
      `Windows (${id})`,
      id,
      ({ spec }) => Object.assign(spec, { os: { name: "windows" } }),
    ]),
  ];
  for (const [what, id, change] of left) {
    it(`leaves ${what} alone`, () => {
      const object = inPod(change);
      const { mended, by } = mend(object, [id]);
      assert.deepEqual([mended, by], [object, []]);
    });
  }

  it("leaves a missing profile where a stack keeps to the baseline", () => {
    const [subject] = fromManifest(inPod(() => {}));
    const rule = mending.find(({ id }) => id === "P12");
    assert.ok(subject && rule);
    assert.equal(rule.remediate?.(subject, { profile: "baseline" }), false);
  });

  it("leaves patches alone", () => {
    const [subject] = fromPulumi("kubernetes:core/v1:PodPatch", unlabelled(inPod(() => {})));
    assert.ok(subject);
    for (const rule of mending) assert.equal(rule.remediate?.(subject, {}), false, rule.id);
  });

  it("derives no label from a name that can be none, and none that only the author knows", () => {
    const named = (name: string | undefined, labels?: object) =>
      mend({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, ...(labels && { labels }) },
      } as KubernetesObject).mended.metadata?.labels;
    const managed = { "app.kubernetes.io/managed-by": "pulumi" };
    assert.deepEqual(named("web"), { "app.kubernetes.io/name": "web", ...managed });
    assert.deepEqual(named("a".repeat(64)), managed);
    assert.deepEqual(named(undefined), managed);
    assert.deepEqual(named("web", { "app.kubernetes.io/name": "site" }), {
      "app.kubernetes.io/name": "site",
      ...managed,
    });
    const [custom] = fromManifest({ apiVersion: "example.org/v1", kind: "Web", metadata: {} });
    const [bare] = fromManifest({ apiVersion: "v1", kind: "Service" });
    const rule = mending.find(({ id }) => id === "M4");
    assert.ok(custom && bare && rule);
    assert.equal(rule.remediate?.(custom, {}), false);
    assert.equal(rule.remediate?.(bare, {}), false);
    assert.equal(rule.remediate?.(bare, { labels: ["team"] }), false);
  });
});

describe("remediation in Pulumi's policy host", function () {
  this.timeout(60_000);
  let host: PolicyHost;
  const type = "kubernetes:apps/v1:Deployment";
  const deployment = (pod: object) =>
    JSON.parse(JSON.stringify(unlabelled(kinds.Deployment?.(pod as never) ?? {})));

  before(async () => {
    host = await startPolicyHost();
  });

  after(async () => {
    assert.equal(await host.stop(), "", "the host wrote to standard error");
  });

  it("is off by default", async () => {
    const object = deployment(careless());
    assert.deepEqual(await host.remediate(type, object), { properties: object, by: [] });
  });

  it("mends what the level remediate says, keeps secrets and unknowns, and changes nothing else", async () => {
    const names = mending.map(({ name }) => name);
    await host.configure(Object.fromEntries(names.map((name) => [name, "remediate" as const])));
    const pod = careless();
    Object.assign(pod.spec.containers[0] ?? {}, {
      env: [{ name: "PASSWORD", value: secret("hidden") }],
      image: unknown,
    });
    Object.assign(pod.metadata, { annotations: secret({ a: "b" }) });
    Object.assign(pod.spec, { securityContext: { runAsUser: secret(65532), fsGroup: unknown } });
    const object = deployment(pod);
    const { properties, by } = await host.remediate(type, object);
    assert.deepEqual(by.sort(), [...names].sort());

    const expected = structuredClone(object);
    expected.metadata.labels["app.kubernetes.io/name"] = "web";
    expected.metadata.labels["app.kubernetes.io/managed-by"] = "pulumi";
    const { spec } = expected.spec.template;
    spec.securityContext.seccompProfile = { type: "RuntimeDefault" };
    spec.automountServiceAccountToken = false;
    for (const each of [...spec.initContainers, ...spec.containers]) {
      each.securityContext.capabilities = { drop: ["ALL"] };
    }
    assert.deepEqual(properties, expected);
    const found = await host.analyze(type, properties);
    assert.deepEqual(
      found.filter(({ policy }) => names.includes(policy)),
      [],
    );
  });

  it("says nothing of what it can't mend, because it is not known", async () => {
    const object = deployment({ ...careless(), spec: unknown });
    const { properties, by } = await host.remediate(type, object);
    assert.deepEqual(by, ["recommended-labels"]);
    assert.equal((properties as any).spec.template.spec, unknown);
  });
});
