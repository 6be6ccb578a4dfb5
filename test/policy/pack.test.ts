import assert from "node:assert/strict";
import { rules } from "#policy/rules/all";
import { hosts, type PolicyHost, startPolicyHost } from "./support/host.ts";
import { compliantPod, kinds } from "./support/objects.ts";

/** How Pulumi's protocol marks a secret. */
const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

for (const [title, command] of Object.entries(hosts)) {
  describe(`the pack in ${title}`, function () {
    this.timeout(60_000);
    let host: PolicyHost;

    before(async () => {
      host = await startPolicyHost(command);
    });

    after(async () => {
      assert.equal(await host.stop(), "", "the host wrote to standard error");
    });

    const deployment = (change: (pod: ReturnType<typeof compliantPod>) => void = () => {}) => {
      const pod = compliantPod();
      change(pod);
      return kinds.Deployment?.(pod) ?? {};
    };
    const secretObject = (data: unknown) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { ...kinds.Deployment?.(compliantPod()).metadata, name: "database" },
      data,
    });

    it("has a policy for every rule, at the rule's level", async () => {
      const expected = rules.map(({ name, level, pulumiOnly }) => ({
        name,
        // Pulumi's host shows which values are secret to remediations alone.
        level: pulumiOnly === "secrecy" && title.startsWith("Pulumi") ? "remediate" : level,
      }));
      assert.deepEqual(await host.policies(), expected);
    });

    it("says nothing about a compliant Deployment, a component or another package's resource", async () => {
      assert.deepEqual(await host.analyze("kubernetes:apps/v1:Deployment", deployment()), []);
      assert.deepEqual(await host.analyze("mcp-mesh:index:Agent", { replicas: 2 }), []);
      assert.deepEqual(await host.analyze("pulumi:providers:kubernetes", {}), []);
      assert.deepEqual(await host.analyze("random:index/randomPassword:RandomPassword", {}), []);
    });

    it("refuses a broken Deployment with rule, resource, field, finding and fix", async () => {
      const broken = deployment(({ spec }) => {
        Object.assign(spec.containers?.[0]?.securityContext ?? {}, { runAsNonRoot: false });
      });
      assert.deepEqual(await host.analyze("kubernetes:apps/v1:Deployment", broken), [
        {
          policy: "run-as-non-root",
          level: "mandatory",
          message:
            "Every container must run as a user other than root.\n" +
            "P14 Deployment mesh/web: spec.template.spec.containers[0].securityContext.runAsNonRoot " +
            "is false; write true here or in the pod's securityContext",
        },
      ]);
    });

    it("reports dropped limits and anti-affinity under their rules", async () => {
      const broken = deployment(({ spec }) => {
        spec.affinity = {};
        Object.assign(spec.containers?.[0]?.resources ?? {}, { limits: {} });
      });
      const found = await host.analyze("kubernetes:apps/v1:Deployment", broken);
      assert.deepEqual(
        found.map(({ policy, level }) => `${level} ${policy}`),
        [
          "mandatory requests-and-limits",
          "mandatory requests-and-limits",
          "mandatory ephemeral-storage",
          "mandatory anti-affinity",
        ],
      );
    });

    it("refuses a Secret whose data is plain in the state, and accepts a secret one", async () => {
      const analyze = (data: unknown) =>
        // As on the wire: a field without a value is not there.
        host.analyze("kubernetes:core/v1:Secret", JSON.parse(JSON.stringify(secretObject(data))));
      const [found, ...others] = await analyze({ password: "cGxhaW4=", user: secret("bWVzaA==") });
      assert.deepEqual(others, []);
      assert.equal(found?.policy, "secret-data-is-secret");
      assert.equal(found?.level, "mandatory");
      assert.match(
        found?.message ?? "",
        /^K5 Secret mesh\/database: data\.password is a plain value/m,
      );
      assert.deepEqual(await analyze(secret({ password: "cGxhaW4=" })), []);
      assert.deepEqual(await analyze({ password: secret("cGxhaW4=") }), []);
      assert.deepEqual(await analyze({ password: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }), []);
      assert.deepEqual(await analyze(undefined), []);
    });

    it("takes a stack's levels", async () => {
      await host.configure({ "run-as-non-root": "advisory", "secret-data-is-secret": "mandatory" });
      const broken = deployment(({ spec }) => {
        Object.assign(spec.securityContext ?? {}, { runAsNonRoot: false });
      });
      const [found] = await host.analyze("kubernetes:apps/v1:Deployment", broken);
      assert.equal(found?.level, "advisory");
      const [unseen] = await host.analyze("kubernetes:core/v1:Secret", secretObject({ a: "Yg==" }));
      // The local engine's host shows a rule which values are secret at any level.
      const expected = title.startsWith("Pulumi")
        ? /give this rule that level/
        : /is a plain value/;
      assert.match(unseen?.message ?? "", expected);
      await host.configure({});
    });
  });
}
