import assert from "node:assert/strict";
import { isHook, ofKind, type Rendered, render } from "#test/support/charts";

const objectsOf = async (values: object = {}): Promise<Rendered[]> =>
  (await render("postgres", "postgres", values)).filter((object) => !isHook(object));
const named = (objects: Rendered[], kind: string, name: string) => {
  const found = ofKind(objects, kind).find(({ metadata }) => metadata.name === name);
  assert.ok(found, `${kind} ${name}`);
  return found;
};
const backup = { size: "9Gi" };

describe("the postgres chart's replicas", function () {
  this.timeout(60_000);

  it("are off unless asked for, and then leave the main pod's selector and claims as they were", async () => {
    const [without, objects] = [
      await objectsOf({ backup }),
      await objectsOf({ backup, replicas: 2 }),
    ];
    assert.equal(ofKind(without, "StatefulSet").length, 1);
    const fixed = (all: Rendered[]) => {
      const { serviceName, selector, volumeClaimTemplates } = named(
        all,
        "StatefulSet",
        "postgres",
      ).spec;
      return { serviceName, selector, volumeClaimTemplates };
    };
    assert.deepEqual(fixed(objects), fixed(without));
    const standby = named(objects, "StatefulSet", "postgres-standby").spec;
    assert.equal(standby.replicas, 2);
    assert.equal(named(objects, "PodDisruptionBudget", "postgres-standby").spec.maxUnavailable, 1);
  });

  it("have a repository of their own, and nothing of another database's", async () => {
    const restore = { claim: "theirs" };
    const objects = await objectsOf({ backup, restore, replicas: 1 });
    const { template, volumeClaimTemplates } = named(
      objects,
      "StatefulSet",
      "postgres-standby",
    ).spec;
    assert.deepEqual(
      volumeClaimTemplates.map((claim: Rendered) => claim.metadata.name),
      ["data", "repository"],
    );
    assert.doesNotMatch(JSON.stringify(template), /theirs|postgres-backup/);
  });

  it("are on other nodes than the main pod", async () => {
    const objects = await objectsOf({ replicas: 1 });
    const { template } = named(objects, "StatefulSet", "postgres-standby").spec;
    const [term] =
      template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
    assert.equal(term.topologyKey, "kubernetes.io/hostname");
    const main = named(objects, "StatefulSet", "postgres").spec.template.metadata.labels;
    for (const [key, value] of Object.entries(term.labelSelector.matchLabels)) {
      assert.equal(main[key], value);
    }
  });

  it("change who takes writes without a change of any pod's template", async () => {
    const [main, standby] = await Promise.all(
      (["main", "standby"] as const).map((primary) => objectsOf({ backup, replicas: 2, primary })),
    );
    assert.deepEqual(ofKind(main!, "StatefulSet"), ofKind(standby!, "StatefulSet"));
    const writer = (objects: Rendered[]) => [
      named(objects, "ConfigMap", "postgres-roles").data?.writer,
      named(objects, "Service", "postgres-rw").spec.selector["mcp-mesh.dev/stream"],
    ];
    assert.deepEqual(writer(main!), ["postgres-0", "main"]);
    assert.deepEqual(writer(standby!), ["postgres-standby-0", "standby"]);
  });

  it("open the network to each other, and to nobody else", async () => {
    const objects = await objectsOf({ replicas: 1 });
    const { ingress, egress } = named(objects, "NetworkPolicy", "postgres").spec;
    const names = (peers: { podSelector: { matchLabels: Record<string, string> } }[]) =>
      peers.map(({ podSelector }) => podSelector.matchLabels["app.kubernetes.io/name"]);
    assert.deepEqual(names(ingress[0].from), ["registry", "postgres"]);
    assert.deepEqual(names(egress[1].to), ["postgres"]);
  });

  it("bound what the writer keeps for them, by the volume or as the values say", async () => {
    const limit = async (values: object) =>
      (
        named(await objectsOf(values), "StatefulSet", "postgres").spec.template.spec.containers[0]
          .args as string[]
      ).find((arg) => arg.startsWith("max_slot_wal_keep_size="));
    assert.equal(await limit({}), undefined);
    assert.equal(await limit({ replicas: 1 }), "max_slot_wal_keep_size=1024MB");
    const settings = { max_slot_wal_keep_size: "64MB" };
    assert.equal(await limit({ replicas: 1, settings }), "max_slot_wal_keep_size=64MB");
  });

  for (const [what, values, reason] of [
    ["with CloudNativePG", { mode: "cnpg", replicas: 1 }, /replicas: .*cnpg\.instances/],
    ["as writers where there are none", { primary: "standby" }, /primary: .*no replicas/],
  ] as const) {
    it(`are refused ${what}, with the way out`, async () => {
      await assert.rejects(objectsOf(values), reason);
    });
  }
});
