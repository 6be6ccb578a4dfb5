import assert from "node:assert/strict";
import { cnpg, databaseBackup } from "#config/charts/postgres";
import { isHook, ofKind, type Rendered, render, theOnly } from "#test/support/charts";

interface Named {
  name: string;
}
interface Volume extends Named {
  secret?: { secretName: string };
  persistentVolumeClaim?: { claimName: string; readOnly?: boolean };
  emptyDir?: { medium?: string; sizeLimit: string };
}

const objectsOf = async (values: object = {}): Promise<Rendered[]> =>
  (await render("postgres", "postgres", values)).filter((object) => !isHook(object));
const setOf = (objects: Rendered[]) => theOnly(objects, "StatefulSet").spec;
const podOf = (objects: Rendered[]) => setOf(objects).template.spec;
const named = <T extends Named>(list: T[] | undefined, name: string): T | undefined =>
  list?.find((one) => one.name === name);
const settingsOf = (objects: Rendered[]): Record<string, string> =>
  Object.fromEntries(
    (podOf(objects).containers[0].args as string[])
      .filter((arg) => arg !== "-c")
      .map((arg) => arg.split(/=(.*)/s, 2) as [string, string]),
  );
const backup = { size: "9Gi" };
const memory = (limit: string) => ({
  resources: {
    requests: { cpu: "1", memory: limit, "ephemeral-storage": "64Mi" },
    limits: { cpu: "1", memory: limit, "ephemeral-storage": "64Mi" },
  },
});

describe("the postgres chart", function () {
  this.timeout(60_000);

  it("keeps its data on a volume of the size, class and modes it is told", async () => {
    const claim = async (storage: object) => {
      const { volumeClaimTemplates } = setOf(await objectsOf({ storage }));
      return volumeClaimTemplates[0].spec;
    };
    const fast = await claim({ size: "3Gi", class: "fast", accessModes: ["ReadWriteOncePod"] });
    assert.deepEqual([fast.resources.requests.storage, fast.storageClassName], ["3Gi", "fast"]);
    assert.deepEqual(fast.accessModes, ["ReadWriteOncePod"]);
    assert.equal("storageClassName" in (await claim({ size: "3Gi" })), false);
  });

  it("keeps them in a folder of the volume, beside those that images declare as volumes", async () => {
    const [container] = podOf(await objectsOf()).containers;
    const { mountPath } = container.volumeMounts.find((mount: Named) => mount.name === "data");
    const { value } = container.env.find((env: Named) => env.name === "PGDATA");
    assert.ok(value.startsWith(`${mountPath}/`), value);
    for (const declared of ["/var/lib/postgresql", "/var/lib/postgresql/data"]) {
      assert.ok(!mountPath.startsWith(declared) && !declared.startsWith(mountPath), mountPath);
    }
  });

  it("uses a claim that is there instead of making one", async () => {
    const objects = await objectsOf({ storage: { existingClaim: "mine" } });
    assert.equal("volumeClaimTemplates" in setOf(objects), false);
    const volume: Volume | undefined = named(podOf(objects).volumes, "data");
    assert.equal(volume?.persistentVolumeClaim?.claimName, "mine");
  });

  it("keeps its claims unless it is told otherwise", async () => {
    const policy = async (values?: object) =>
      setOf(await objectsOf(values)).persistentVolumeClaimRetentionPolicy;
    assert.deepEqual(await policy(), { whenDeleted: "Retain", whenScaled: "Retain" });
    const gone = { storage: { retention: { whenDeleted: "Delete" } } };
    assert.deepEqual(await policy(gone), { whenDeleted: "Delete", whenScaled: "Retain" });
  });

  it("sizes the server by its memory limit, and takes what the values say before that", async () => {
    for (const [limit, buffers, cache, maintenance, shared] of [
      ["512Mi", "128MB", "320MB", "32MB", "64Mi"],
      ["4Gi", "1024MB", "2560MB", "256MB", "512Mi"],
      ["64Gi", "16384MB", "40960MB", "1024MB", "8192Mi"],
      ["1G", "238MB", "595MB", "59MB", "119Mi"],
    ] as const) {
      const objects = await objectsOf(memory(limit));
      const settings = settingsOf(objects);
      assert.equal(settings.shared_buffers, buffers);
      assert.equal(settings.effective_cache_size, cache);
      assert.equal(settings.maintenance_work_mem, maintenance);
      const volume: Volume | undefined = named(podOf(objects).volumes, "shared-memory");
      assert.deepEqual(volume?.emptyDir, { medium: "Memory", sizeLimit: shared });
    }
    const own = settingsOf(await objectsOf({ settings: { shared_buffers: "1GB", jit: "off" } }));
    assert.deepEqual([own.shared_buffers, own.jit], ["1GB", "off"]);
    assert.equal(settingsOf(await objectsOf({ maxConnections: 77 })).max_connections, "77");
  });

  it("lets no setting undo what it stands on", async () => {
    const settings = { hba_file: "/tmp/mine", archive_mode: "off" };
    const found = settingsOf(await objectsOf({ settings, backup }));
    assert.equal(found.hba_file, "/etc/mcp-mesh/postgres/pg_hba.conf");
    assert.equal(found.archive_mode, "on");
  });

  it("is guaranteed its resources, the sidecars included, where requests and limits are equal", async () => {
    const { resources } = memory("1Gi");
    const global = { monitoring: "annotations" };
    const pod = podOf(await objectsOf({ global, resources, backup: { ...backup, resources } }));
    for (const { name, resources: own } of [...pod.initContainers, ...pod.containers]) {
      assert.deepEqual(own.requests, own.limits, name);
    }
  });

  it("makes the application's login and database, and holds no password itself", async () => {
    const objects = await objectsOf({ application: { name: "mesh", existingSecret: "login" } });
    const script = theOnly(objects, "ConfigMap").data?.["10-application.sh"] ?? "";
    assert.match(script, /CREATE ROLE "mesh" LOGIN PASSWORD :'password';/);
    assert.match(script, /CREATE DATABASE "mesh" OWNER "mesh";/);
    assert.equal(ofKind(objects, "Secret").length, 0);
    const secrets = podOf(objects).volumes.flatMap(
      ({ secret }: Volume) => secret?.secretName ?? [],
    );
    assert.deepEqual(secrets, ["postgres-superuser", "login", "postgres-tls"]);
  });

  it("is reached by its workloads alone, under a headless name, and reaches nobody", async () => {
    const objects = await objectsOf();
    assert.equal(theOnly(objects, "Service").spec.clusterIP, "None");
    const { spec } = theOnly(objects, "NetworkPolicy");
    assert.equal(spec.ingress[0].ports[0].port, 5432);
    assert.equal("egress" in spec, false);
  });

  it("never has a crash recovery killed, and has time for a checkpoint before its end", async () => {
    const pod = podOf(await objectsOf());
    const [{ startupProbe, livenessProbe, readinessProbe, lifecycle }] = pod.containers;
    for (const { exec } of [startupProbe, livenessProbe]) {
      assert.match(exec.command.at(-1), /^pg_isready .*\|\| \[ \$\? -eq 1 \]$/);
    }
    assert.equal(readinessProbe.exec.command[0], "pg_isready");
    assert.match(lifecycle.preStop.exec.command.join(" "), /stop\.sh$/);
    const script = theOnly(await objectsOf(), "ConfigMap").data?.["stop.sh"] ?? "";
    const [, seconds] = /timeout (\d+) psql .* CHECKPOINT/.exec(script) ?? [];
    assert.ok(Number(seconds) + 30 <= pod.terminationGracePeriodSeconds, script);
  });

  it("never holds a node back that has its only pod", async () => {
    assert.equal(ofKind(await objectsOf(), "PodDisruptionBudget").length, 0);
  });

  it("gives the pod what the values add to it", async () => {
    const volumes = [{ name: "ca", configMap: { name: "ca" } }];
    const pod = podOf(
      await objectsOf({ pod: { volumes, volumeMounts: [{ name: "ca", mountPath: "/ca" }] } }),
    );
    assert.ok(named(pod.volumes as Volume[], "ca"));
    assert.ok(named(pod.containers[0].volumeMounts as Named[], "ca"));
  });
});

describe("the postgres chart's backups", function () {
  this.timeout(60_000);

  it("are off unless asked for, and then archive each change and run beside the server", async () => {
    const without = await objectsOf();
    assert.deepEqual(
      podOf(without).initContainers.map(({ name }: Named) => name),
      ["logins"],
    );
    assert.equal(settingsOf(without).archive_mode, undefined);
    assert.equal(ofKind(without, "PersistentVolumeClaim").length, 0);

    const objects = await objectsOf({ backup: { size: "9Gi", everyMinutes: 30 } });
    const { initContainers } = podOf(objects);
    assert.deepEqual(
      initContainers.map(({ name, restartPolicy }: Record<string, string>) => [
        name,
        restartPolicy,
      ]),
      [
        ["restore", undefined],
        ["logins", "Always"],
        ["backup", "Always"],
      ],
    );
    const settings = settingsOf(objects);
    assert.deepEqual([settings.archive_mode, settings.archive_timeout], ["on", "60s"]);
    assert.match(settings.archive_command ?? "", /pgbackrest .*archive-push %p/);
    const { env } = initContainers[2];
    assert.equal(env.find((one: Named) => one.name === "EVERY_MINUTES").value, "30");
  });

  it("are on a volume of their own, which outlives the release", async () => {
    const { metadata, spec } = theOnly(
      await objectsOf({ backup: { size: "9Gi", class: "far" } }),
      "PersistentVolumeClaim",
    );
    assert.equal(metadata.name, "postgres-backup");
    assert.equal(metadata.annotations?.["helm.sh/resource-policy"], "keep");
    assert.deepEqual([spec.resources.requests.storage, spec.storageClassName], ["9Gi", "far"]);

    const objects = await objectsOf({ backup: { ...backup, existingClaim: "mine" } });
    assert.equal(ofKind(objects, "PersistentVolumeClaim").length, 0);
    const volume: Volume | undefined = named(podOf(objects).volumes, "repository");
    assert.equal(volume?.persistentVolumeClaim?.claimName, "mine");
  });

  it("can be turned on and off without making the StatefulSet anew", async () => {
    const fixed = async (values: object) => {
      const { serviceName, selector, volumeClaimTemplates } = setOf(await objectsOf(values));
      return { serviceName, selector, volumeClaimTemplates };
    };
    assert.deepEqual(await fixed({ backup }), await fixed({}));
  });

  it("have the same defaults as the schema says", async () => {
    const said = databaseBackup.parse(backup);
    assert.deepEqual(await objectsOf({ backup }), await objectsOf({ backup: said }));
  });

  it("are encrypted where a Secret is named, whose content nobody but the restore sees", async () => {
    const objects = await objectsOf({
      backup: { ...backup, encryptionSecret: "key" },
      restore: { claim: "other", encryptionSecret: "their-key" },
    });
    const { data = {} } = theOnly(objects, "ConfigMap");
    assert.match(data["pgbackrest.conf"] ?? "", /repo1-cipher-type=aes-256-cbc/);
    assert.match(data["source.conf"] ?? "", /repo1-cipher-type=aes-256-cbc/);
    const pod = podOf(objects);
    const mounting = [...pod.initContainers, ...pod.containers]
      .filter(({ volumeMounts }) => named<Named>(volumeMounts, "passphrase-own"))
      .map(({ name }) => name);
    assert.deepEqual(mounting, ["restore"]);
    const memory: Volume | undefined = named(pod.volumes, "passphrases");
    assert.equal(memory?.emptyDir?.medium, "Memory");
  });

  it("can be read by another release, which restores them up to a time", async () => {
    const objects = await objectsOf({
      restore: { claim: "postgres-backup", target: "2026-11-22T18:30:00Z" },
    });
    const pod = podOf(objects);
    const volume: Volume | undefined = named(pod.volumes, "source");
    assert.deepEqual(volume?.persistentVolumeClaim, {
      claimName: "postgres-backup",
      readOnly: true,
    });
    const [{ env }] = pod.initContainers;
    const valueOf = (name: string) => env.find((one: Named) => one.name === name)?.value;
    assert.equal(valueOf("RESTORE_TARGET"), "2026-11-22 18:30:00+00");
    assert.equal(settingsOf(objects).archive_mode, undefined);
  });

  it("refuse a time that is none, and a restore from nowhere", async () => {
    const restore = { claim: "a", target: "yesterday" };
    await assert.rejects(render("postgres", "postgres", { restore }), /restore\/target/);
    await assert.rejects(render("postgres", "postgres", { restore: {} }), /claim/);
  });
});

describe("the postgres chart for CloudNativePG", function () {
  this.timeout(60_000);
  const values = { mode: "cnpg" };

  it("makes a cluster of three over zones, with the same Secrets, and leaves the rest to its operator", async () => {
    const objects = await objectsOf({ ...values, placement: { zones: "required" } });
    assert.deepEqual(objects.map(({ kind }) => kind).toSorted(), ["Cluster", "NetworkPolicy"]);
    const { apiVersion, spec } = theOnly(objects, "Cluster");
    assert.equal(apiVersion, "postgresql.cnpg.io/v1");
    assert.equal(spec.instances, 3);
    assert.equal(spec.superuserSecret.name, "postgres-superuser");
    assert.equal(spec.bootstrap.initdb.secret.name, "postgres-registry");
    assert.equal(spec.bootstrap.initdb.owner, "registry");
    assert.deepEqual(spec.postgresql.synchronous, { method: "any", number: 1 });
    assert.equal(spec.affinity.topologyKey, "topology.kubernetes.io/zone");
    assert.equal(spec.affinity.podAntiAffinityType, "required");
    assert.equal(spec.postgresql.parameters.shared_buffers, "128MB");
  });

  it("gives its pods the labels that the workloads' network policies look for", async () => {
    const { spec } = theOnly(await objectsOf(values), "Cluster");
    assert.equal(spec.inheritedMetadata.labels["app.kubernetes.io/name"], "postgres");
    assert.equal(spec.inheritedMetadata.labels["app.kubernetes.io/part-of"], "mcp-mesh");
  });

  it("lets the operator and the instances in, and them to each other, DNS and the API server", async () => {
    const apiServer = [{ cidr: "10.0.0.1/32", port: 6443 }];
    const { spec } = theOnly(await objectsOf({ ...values, cnpg: { apiServer } }), "NetworkPolicy");
    const portsOf = ({ ports }: { ports: { port: number }[] }) => ports.map(({ port }) => port);
    assert.deepEqual(spec.ingress.map(portsOf), [[5432], [5432, 8000]]);
    const [operator, self] = spec.ingress[1].from;
    assert.equal(
      operator.namespaceSelector.matchLabels["kubernetes.io/metadata.name"],
      "cnpg-system",
    );
    assert.deepEqual(self.podSelector, spec.podSelector);
    assert.deepEqual(spec.egress.map(portsOf), [[53, 53], [5432, 8000], [6443]]);
    assert.equal(spec.egress[2].to[0].ipBlock.cidr, "10.0.0.1/32");
  });

  it("is backed up by the plugin where an object store is named, and only there", async () => {
    const plain = await objectsOf(values);
    assert.equal("plugins" in theOnly(plain, "Cluster").spec, false);
    const objects = await objectsOf({ ...values, cnpg: { backup: { objectStore: "far" } } });
    const [plugin] = theOnly(objects, "Cluster").spec.plugins;
    assert.equal(plugin.isWALArchiver, true);
    assert.equal(plugin.parameters.barmanObjectName, "far");
    const { spec } = theOnly(objects, "ScheduledBackup");
    assert.deepEqual([spec.cluster.name, spec.method], ["postgres", "plugin"]);
    assert.equal(spec.schedule.split(" ").length, 6);
  });

  it("has the same defaults as the schema says", async () => {
    const backup = { objectStore: "far" };
    const said = cnpg.parse({ backup });
    const [short, long] = [{ backup }, said].map((each) => objectsOf({ ...values, cnpg: each }));
    assert.deepEqual(await short, await long);
  });

  for (const [key, change, reason] of [
    ["backup", { backup }, /backup: belongs to mode statefulset; .*set cnpg\.backup/],
    ["restore", { restore: { claim: "a" } }, /restore: belongs to mode statefulset/],
    ["existingClaim", { storage: { existingClaim: "a" } }, /existingClaim: belongs to mode statef/],
    [
      "cnpg in the other mode",
      { mode: "statefulset", cnpg: { instances: 1 } },
      /cnpg: belongs to mode cnpg/,
    ],
  ] as const) {
    it(`refuses ${key}, and says what to do instead`, async () => {
      await assert.rejects(render("postgres", "postgres", { ...values, ...change }), reason);
    });
  }
});

describe("helm test of the postgres chart", function () {
  this.timeout(60_000);
  for (const [mode, host] of [
    ["statefulset", "db.mcp-mesh.svc"],
    ["cnpg", "db-rw.mcp-mesh.svc"],
  ] as const) {
    it(`asks the primary as the application does, with mode ${mode}`, async () => {
      const hooks = (await render("postgres", "db", { mode })).filter(isHook);
      const [container] = theOnly(hooks, "Pod").spec.containers;
      const valueOf = (name: string) =>
        container.env.find((one: Named) => one.name === name)?.value;
      assert.deepEqual([valueOf("PGHOST"), valueOf("PGUSER")], [host, "registry"]);
      assert.match(container.args[0], /CREATE TEMPORARY TABLE/);
      assert.equal(ofKind(hooks, "NetworkPolicy").length, 2);
    });
  }
});
