import assert from "node:assert/strict";
import { type PolicyHost, startPolicyHost } from "./support/host.ts";
import { kinds } from "./support/objects.ts";
import { careless, mending, unlabelled } from "./support/remediation.ts";

/** How Pulumi's protocol marks a secret, and a string that is not known yet. */
const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

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
