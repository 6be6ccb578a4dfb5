import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { type ChartName, charts } from "#config/charts/index";
import { clusterOrReason, succeed } from "#test/release/support";
import type { Rendered } from "#test/support/charts";
import { kubectl } from "#test/support/kubectl";
import { renderMany } from "#test/support/render-many";
import { validTogether } from "#test/support/together";

const COUNT = 10;
const seed = Number(process.env.PROPERTY_SEED ?? 20261122);
const namespace = `random-${randomBytes(3).toString("hex")}`;
const names = (Object.keys(charts) as ChartName[]).filter((name) => name !== "mcp-mesh");

/** APIs that Kubernetes itself brings; the others' schemas are not on every cluster. */
const BUILT_IN =
  /^(v1|(apps|batch|autoscaling|policy|(networking|scheduling|rbac.authorization).k8s.io)\/v\d)$/;
const isBuiltIn = ({ apiVersion }: Rendered) => BUILT_IN.test(apiVersion);

describe("a real API server", function () {
  this.timeout(180_000);

  before(async function () {
    if (!clusterOrReason()) return this.skip();
    await succeed(kubectl(["create", "namespace", namespace]));
    const label = "pod-security.kubernetes.io/enforce=restricted";
    await succeed(kubectl(["label", "namespace", namespace, label]));
  });
  after(async () => {
    if (clusterOrReason()) await kubectl(["delete", "namespace", namespace, "--wait=false"]);
  });

  for (const name of names) {
    it(`accepts what ${name} renders from random values, each field of it`, async () => {
      const values = fc.sample(validTogether(name), { numRuns: COUNT, seed });
      // Not every cluster has two families of addresses.
      const text = JSON.stringify(values).replaceAll("RequireDualStack", "PreferDualStack");
      const { objects } = await renderMany(name, JSON.parse(text));
      const moved = objects.filter(isBuiltIn).map(({ metadata, ...object }) => {
        const { namespace: given, ...about } = metadata;
        return { ...object, metadata: given === undefined ? about : { ...about, namespace } };
      });
      const items = [...new Map(moved.map((each) => [`${each.kind}/${each.metadata.name}`, each]))];
      assert.ok(items.length >= COUNT);
      const list = { apiVersion: "v1", kind: "List", items: items.map(([, object]) => object) };
      const how = ["--server-side", "--dry-run=server", "--validate=strict", "--force-conflicts"];
      const { code, stderr } = await kubectl(["apply", ...how, "-f", "-"], JSON.stringify(list));
      assert.equal(code, 0, stderr);
    });
  }
});
