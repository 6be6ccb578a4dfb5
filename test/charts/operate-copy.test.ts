import assert from "node:assert/strict";
import { copyValues } from "#operate/copy";
import { isHook, type Rendered, render, theOnly } from "#test/support/charts";

const values = {
  global: { labels: { environment: "prod" }, imagePullSecrets: ["mirror"] },
  image: {
    registry: "mirror.example:5000",
    repository: "team/postgres",
    tag: "15",
    digest: `sha256:${"a".repeat(64)}`,
  },
  storage: { size: "9Gi", class: "fast" },
  maxConnections: 40,
  settings: { max_locks_per_transaction: "128" },
  superuser: { existingSecret: "keeper" },
  application: {
    name: "shop",
    existingSecret: "shop-login",
    logins: [
      { name: "shop_a", existingSecret: "shop-1" },
      { name: "shop_b", existingSecret: "shop-2" },
    ],
  },
  tls: { existingSecret: "certificate" },
  pod: { nodeSelector: { disk: "ssd" }, priorityClassName: "data" },
  backup: { size: "20Gi", encryptionSecret: "passphrase" },
};
const time = "2026-11-22T18:30:00Z";

describe("the values of a restored copy", function () {
  this.timeout(60_000);
  const setOf = async (given: object) =>
    theOnly(
      (await render("postgres", "postgres", given)).filter((one) => !isHook(one)),
      "StatefulSet",
    );
  const server = ({ spec }: Rendered) =>
    spec.template.spec.containers.find(({ name }: { name: string }) => name === "postgres");
  const volumes = ({ spec }: Rendered) =>
    Object.fromEntries(spec.template.spec.volumes.map((one: { name: string }) => [one.name, one]));
  let original: Rendered;
  let copy: Rendered;
  before(async () => {
    original = await setOf(values);
    copy = await setOf(copyValues(original as never, "node-a", time));
  });

  it("make the same server, without archiving", () => {
    const settings = (object: Rendered) =>
      server(object).args.filter((arg: string) => arg !== "-c" && !arg.startsWith("archive_"));
    assert.deepEqual(settings(copy), settings(original));
    assert.equal(server(copy).image, server(original).image);
    assert.deepEqual(server(copy).resources, server(original).resources);
    assert.doesNotMatch(JSON.stringify(server(copy).args), /archive_mode/);
  });

  it("give it the same size, Secrets and house labels, beside the original", () => {
    assert.deepEqual(
      copy.spec.volumeClaimTemplates[0].spec,
      original.spec.volumeClaimTemplates[0].spec,
    );
    for (const name of ["superuser", "application", "logins", "tls"]) {
      assert.deepEqual(volumes(copy)[name], volumes(original)[name]);
    }
    assert.equal(copy.metadata.labels?.environment, "prod");
    const { nodeSelector, priorityClassName, imagePullSecrets } = copy.spec.template.spec;
    assert.deepEqual(nodeSelector, { disk: "ssd", "kubernetes.io/hostname": "node-a" });
    assert.equal(priorityClassName, "data");
    assert.deepEqual(imagePullSecrets, [{ name: "mirror" }]);
  });

  it("let it read the original's backups, and have none of its own", () => {
    const { source, repository } = volumes(copy);
    assert.equal(repository, undefined);
    assert.deepEqual(source.persistentVolumeClaim, {
      claimName: volumes(original).repository.persistentVolumeClaim.claimName,
      readOnly: true,
    });
    assert.equal(volumes(copy)["passphrase-source"].secret.secretName, "passphrase");
    assert.match(JSON.stringify(copy), /2026-11-22 18:30:00\+00/);
  });
});
