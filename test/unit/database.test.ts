import assert from "node:assert/strict";
import {
  type DatabaseSettings,
  database,
  databaseConnection,
  databaseNeeds,
  databaseNetwork,
  databaseProblems,
  databaseValues,
  maxConnections,
  REGISTRY_POOL,
} from "#config/database";
import { loadConfig } from "#services/registry/src/config";

const amounts = (memory: string) => ({ cpu: "1", memory, "ephemeral-storage": "64Mi" });
const resources = (memory: string) => ({ requests: amounts(memory), limits: amounts(memory) });
const external = { host: "db.example.com", existingSecret: "login", cidr: "10.1.2.3/32" };
const backup = { size: "20Gi" };

/** What is refused, as `key: reason`. */
const refused = (settings: object): string[] => {
  const { error } = database.safeParse(settings);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
};

describe("a stack's database", () => {
  it("needs no word to be one instance with protected data", () => {
    const settings = database.parse({});
    assert.deepEqual([settings.mode, settings.protect], ["statefulset", true]);
    assert.equal(settings.backup, undefined);
  });

  for (const [what, settings, reason] of [
    [
      "no address of an external one",
      { mode: "external" },
      "external: mode is external, so say here how to reach it: host, existingSecret and cidr",
    ],
    [
      "an address without the mode",
      { external },
      "external: belongs to mode external, but mode is statefulset; leave it out or change the mode",
    ],
    [
      "CloudNativePG's words without the mode",
      { cnpg: {} },
      "cnpg: belongs to mode cnpg, but mode is statefulset; leave it out or change the mode",
    ],
    [
      "a backup volume for CloudNativePG",
      { mode: "cnpg", backup },
      "backup: belongs to mode statefulset, but mode is cnpg; set cnpg.backup",
    ],
    [
      "a backup of an external one",
      { mode: "external", external, backup },
      "backup: belongs to mode statefulset, but mode is external; whoever runs it backs it up",
    ],
    [
      "a restore of an external one",
      { mode: "external", external, restore: { claim: "a" } },
      "restore: belongs to mode statefulset, but mode is external; leave it out or change the mode",
    ],
    [
      "a claim for CloudNativePG",
      { mode: "cnpg", storage: { existingClaim: "a" } },
      "storage.existingClaim: belongs to mode statefulset, but mode is cnpg; leave it out or change the mode",
    ],
  ] as const) {
    it(`refuses ${what}, and says the way out`, () => {
      assert.deepEqual(refused(settings), [reason]);
    });
  }

  it("has the same outputs in all modes", () => {
    const own = { port: 5432, name: "registry" };
    const of = (settings: object, current = 1) =>
      databaseConnection(database.parse(settings), { current });
    const turn = (which: string) => ({
      user: `registry_${which}`,
      existingSecret: `postgres-registry-${which}`,
      caSecret: "postgres-tls",
    });
    const whole = { existingSecret: "postgres-registry", caSecret: "postgres-ca" };
    assert.deepEqual(of({}), { host: "postgres", ...own, ...turn("a") });
    assert.deepEqual(of({}, 2), { host: "postgres", ...own, ...turn("b") });
    assert.deepEqual(of({ mode: "cnpg" }), { host: "postgres-rw", ...own, ...whole });
    assert.deepEqual(of({ mode: "external", external }), {
      host: "db.example.com",
      port: 5432,
      name: "registry",
      existingSecret: "login",
    });
  });

  it("opens the registry's network to it alone, inside the cluster or outside", () => {
    const of = (settings: object) => databaseNetwork(database.parse(settings));
    const inside = { egress: [{ to: "postgres", port: 5432 }], outside: [] };
    assert.deepEqual(of({}), inside);
    assert.deepEqual(of({ mode: "cnpg" }), inside);
    const outside = [{ cidr: "10.1.2.3/32", port: 6000 }];
    assert.deepEqual(of({ mode: "external", external: { ...external, port: 6000 } }), {
      egress: [],
      outside,
    });
  });

  it("deploys nothing where somebody else runs it", () => {
    const settings = database.parse({ mode: "external", external });
    assert.equal(databaseValues(settings, 3), undefined);
    assert.deepEqual(databaseNeeds(settings), { workloads: [], volumes: [] });
    assert.deepEqual(databaseProblems(settings, 100), []);
  });

  it("leads the registry to whoever takes writes, and counts replicas into the quota", () => {
    const settings = database.parse({
      replicas: 2,
      backup: { size: "20Gi" },
      storage: { size: "8Gi" },
    });
    assert.equal(databaseConnection(settings, { current: 1 }).host, "postgres-rw");
    const { workloads, volumes } = databaseNeeds(settings);
    assert.equal(workloads.find(({ name }) => name === "postgres")?.pods, 3);
    assert.equal(volumes.filter((size) => size === "20Gi").length, 3);
  });

  it("has replicas of its own making alone, and a replica as a writer only where there is one", () => {
    assert.match(refused({ mode: "cnpg", replicas: 1 }).join(), /replicas: .*cnpg\.instances/);
    assert.match(
      refused({ mode: "external", external, replicas: 1 }).join(),
      /replicas: .*whoever runs it/,
    );
    assert.match(refused({ primary: "standby" }).join(), /primary: .*set replicas to 1/);
  });

  it("counts all its pods and volumes into the quota", () => {
    const needs = (settings: object) => {
      const { workloads, volumes } = databaseNeeds(database.parse(settings));
      return [workloads.map(({ name, pods }) => `${pods} ${name}`), volumes];
    };
    const one = ["1 postgres", "1 the logins of postgres", "1 the exporter of postgres"];
    const verified = [...one, "1 the backups of postgres", "1 the verification of backups"];
    assert.deepEqual(needs({ backup }), [verified, ["8Gi", "20Gi", "8Gi"]]);
    assert.deepEqual(needs({ backup, verification: { size: "9Gi" } })[1], ["8Gi", "20Gi", "9Gi"]);
    assert.deepEqual(needs({ backup, verification: { enabled: false } }), [
      verified.slice(0, -1),
      ["8Gi", "20Gi"],
    ]);
    assert.deepEqual(needs({ storage: { existingClaim: "a" } }), [one, []]);
    assert.deepEqual(needs({ mode: "cnpg", storage: { size: "3Gi" } }), [
      ["4 postgres"],
      ["3Gi", "3Gi", "3Gi"],
    ]);
  });
});

describe("the verification of a stack's backups", () => {
  it("is refused where one pod alone can use the backups, and says the way out", () => {
    const alone = { ...backup, accessModes: ["ReadWriteOncePod"] };
    const [reason = ""] = refused({ backup: alone });
    assert.match(reason, /^backup\.accessModes: .*use ReadWriteOnce, or set verification\.enabled/);
    assert.deepEqual(refused({ backup: alone, verification: { enabled: false } }), []);
  });

  it("comes when cron's five fields say, and nothing else is taken for them", () => {
    for (const schedule of ["@daily", "0 3 * *", "0 0 3 * * *", "0 24 * * *", ""]) {
      const [reason = ""] = refused({ backup, verification: { schedule } });
      assert.match(reason, /^verification\.schedule: found no five fields/, schedule);
    }
    assert.deepEqual(refused({ backup, verification: { schedule: "*/5 1,2,23 * * 1,2" } }), []);
  });
});

describe("the connections of a stack's database", () => {
  const problems = (settings: object, replicas: number) =>
    databaseProblems(database.parse(settings) as DatabaseSettings, replicas).map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );

  it("suffice for the registry at its most, whatever its pool is", () => {
    const env = { DATABASE_HOST: "h", DATABASE_NAME: "n", DATABASE_USER: "u" };
    const { database: registry } = loadConfig({ ...env, DATABASE_PASSWORD_FILE: "f" });
    assert.equal(registry.poolSize, REGISTRY_POOL);
    const settings = database.parse({});
    for (const replicas of [1, 3, 10]) {
      const connections = maxConnections(settings, replicas);
      assert.ok(connections >= replicas * registry.poolSize + 3, `${connections}`);
      assert.equal(databaseValues(settings, replicas)?.maxConnections, connections);
    }
  });

  it("are refused when they are too few, with the number that is enough", () => {
    const memory = { resources: resources("4Gi") };
    assert.deepEqual(problems({ ...memory, maxConnections: 50 }, 4), [
      "maxConnections: found 50, but 4 replicas of the registry open up to 11 each and 15 are kept to spare; make it 59 or leave it out",
    ]);
    assert.deepEqual(problems({ ...memory, maxConnections: 59 }, 4), []);
  });

  it("are refused when the memory is too little for them, with the size that is enough", () => {
    assert.deepEqual(problems({ resources: resources("512Mi") }, 4), [
      "resources.limits.memory: found 512Mi, but half of it is for 59 connections of up to 5Mi each; make it 590Mi or allow fewer replicas of the registry",
    ]);
    assert.deepEqual(problems({ resources: resources("590Mi") }, 4), []);
  });
});
