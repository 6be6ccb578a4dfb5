import assert from "node:assert/strict";
import { isHook, ofKind, type Rendered, render, theOnly } from "#test/support/charts";

interface Mount {
  name: string;
  mountPath: string;
  readOnly?: boolean;
  subPath?: string;
}

const backup = { size: "9Gi", encryptionSecret: "passphrase" };
const objectsOf = async (values: object = {}): Promise<Rendered[]> =>
  (await render("postgres", "postgres", { backup, ...values })).filter((one) => !isHook(one));
const jobOf = (objects: Rendered[]) => theOnly(objects, "CronJob").spec.jobTemplate.spec;
const podOf = (objects: Rendered[]) => jobOf(objects).template;
const volumeOf = (objects: Rendered[], name: string) =>
  podOf(objects).spec.volumes.find((volume: { name: string }) => volume.name === name);

describe("the verification of the postgres chart's backups", function () {
  this.timeout(60_000);

  it("is there with backups, unless it is switched off", async () => {
    const count = async (values: object) => ofKind(await objectsOf(values), "CronJob").length;
    assert.equal(await count({}), 1);
    assert.equal(await count({ backup: undefined }), 0);
    assert.equal(await count({ verification: { enabled: false } }), 0);
  });

  it("comes when it is told to, one at a time, and ends within its time", async () => {
    const verification = { schedule: "7 * * * *", withinMinutes: 9 };
    const objects = await objectsOf({ verification });
    const { schedule, timeZone, concurrencyPolicy } = theOnly(objects, "CronJob").spec;
    assert.deepEqual([schedule, timeZone, concurrencyPolicy], ["7 * * * *", "Etc/UTC", "Forbid"]);
    assert.equal(jobOf(objects).activeDeadlineSeconds, 540);
    assert.equal(jobOf(objects).backoffLimit, 0);
  });

  it("is called by nobody and calls nobody, and the database's Service does not lead to it", async () => {
    const objects = await objectsOf();
    const { labels } = podOf(objects).metadata;
    const selects = (selector: Record<string, string>) =>
      Object.entries(selector).every(([key, value]) => labels[key] === value);
    for (const { spec } of ofKind(objects, "Service")) assert.equal(selects(spec.selector), false);
    const policies = ofKind(objects, "NetworkPolicy").filter(({ spec }) =>
      selects(spec.podSelector.matchLabels),
    );
    const [{ spec }, ...more] = policies as [Rendered, ...Rendered[]];
    assert.equal(more.length, 0);
    assert.deepEqual([spec.policyTypes, spec.ingress, spec.egress].flat(), [
      ...["Ingress", "Egress"],
      ...[undefined, undefined],
    ]);
  });

  it("writes nothing to the backups but its outcome, and holds no password of the database's", async () => {
    const [container, ...others] = podOf(await objectsOf()).spec.containers;
    assert.equal(others.length, 0);
    const mounts: Mount[] = container.volumeMounts;
    const ofBackups = mounts.filter(({ name }) => name === "repository");
    assert.deepEqual(
      ofBackups.filter(({ readOnly }) => !readOnly).map(({ subPath }) => subPath),
      ["verification"],
    );
    const secrets = podOf(await objectsOf())
      .spec.volumes.flatMap(({ secret }: { secret?: { secretName: string } }) => secret ?? [])
      .map(({ secretName }: { secretName: string }) => secretName);
    assert.deepEqual(secrets, ["passphrase"]);
  });

  it("restores to a volume as large as the data, or as it is told, that goes with the pod", async () => {
    const size = async (values: object) => {
      const { ephemeral } = volumeOf(await objectsOf(values), "data");
      return ephemeral.volumeClaimTemplate.spec.resources.requests.storage;
    };
    const storage = { size: "3Gi" };
    assert.equal(await size({ storage }), "3Gi");
    assert.equal(await size({ storage, verification: { size: "5Gi" } }), "5Gi");
  });

  it("runs beside the database, where the backups are mounted, unless all nodes can mount them", async () => {
    const [term] = podOf(await objectsOf()).spec.affinity.podAffinity
      .requiredDuringSchedulingIgnoredDuringExecution;
    assert.equal(term.topologyKey, "kubernetes.io/hostname");
    const { matchLabels } = term.labelSelector;
    assert.equal(matchLabels["app.kubernetes.io/name"], "postgres");
    const everywhere = { ...backup, accessModes: ["ReadWriteMany"] };
    assert.equal(podOf(await objectsOf({ backup: everywhere })).spec.affinity, undefined);
  });

  it("refuses a repository that one pod alone can use, and says what to do instead", async () => {
    const alone = { ...backup, accessModes: ["ReadWriteOncePod"] };
    await assert.rejects(objectsOf({ backup: alone }), /use ReadWriteOnce, or set verification/);
    assert.ok(await objectsOf({ backup: alone, verification: { enabled: false } }));
  });
});
