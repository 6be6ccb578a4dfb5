import { z } from "zod";
import { type Generations, loginOfTurn, TURNS, turn } from "#components/internal/generations";
import type { Workload } from "#config/budget";
import { type NetworkPart, networkPart, podPart } from "#config/charts/common";
import {
  cnpg,
  databaseBackup,
  databaseStorage,
  exporter,
  logins,
  type PostgresValues,
  postgres as postgresChart,
  serverPart,
} from "#config/charts/postgres";
import { connection } from "#config/charts/registry";
import { replicaProblems, replicasPart } from "#config/charts/replicas";
import { databaseRestore } from "#config/charts/restore";
import { unverifiable, verification } from "#config/charts/verification";
import type { Path } from "#config/problems";
import { parseQuantity } from "#config/quantity";
import { image } from "#config/shapes";

const external = z
  .strictObject({
    ...connection.shape,
    cidr: z
      .string()
      .min(1)
      .describe("Its address or network, such as 10.1.2.3/32; the registry may call that alone."),
  })
  .describe("With mode external: how the registry reaches it.");

/** What a stack says about the registry's database. */
export const database = z
  .strictObject({
    mode: z
      .enum(["statefulset", "cnpg", "external"])
      .default("statefulset")
      .describe(
        "One instance of the project's own, a cluster by CloudNativePG, whose operator must be there, or one that somebody else runs.",
      ),
    image: image.prefault({ name: "postgres", tag: "15" }),
    storage: databaseStorage.prefault({}),
    resources: postgresChart.shape.resources,
    pod: podPart,
    maxConnections: serverPart.maxConnections
      .optional()
      .describe("At once; absent: as many as the registry opens at its most, and some to spare."),
    settings: serverPart.settings,
    ...replicasPart,
    outside: networkPart.shape.outside,
    protect: z
      .boolean()
      .default(true)
      .describe("Whether the data, its passwords and backups outlive even a destroy."),
    backup: databaseBackup.optional(),
    verification,
    restore: databaseRestore.optional(),
    cnpg: cnpg.optional(),
    exporter,
    external: external.optional(),
  })
  .superRefine((settings, context) => {
    for (const { path, message } of [...misplaced(settings), ...replicaProblems(settings)]) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
  });
export type DatabaseSettings = z.output<typeof database>;

/** What belongs to another mode than the one that is set, or is missing in it. */
function misplaced(settings: Omit<DatabaseSettings, "pod">): { path: string[]; message: string }[] {
  const { mode, storage } = settings;
  const wrong = (path: string[], belongs: string, instead = "leave it out or change the mode") => ({
    path,
    message: `belongs to mode ${belongs}, but mode is ${mode}; ${instead}`,
  });
  const found = [];
  if (mode === "external" && !settings.external) {
    found.push({
      path: ["external"],
      message: "mode is external, so say here how to reach it: host, existingSecret and cidr",
    });
  }
  if (mode !== "external" && settings.external) found.push(wrong(["external"], "external"));
  if (mode !== "cnpg" && settings.cnpg) found.push(wrong(["cnpg"], "cnpg"));
  const alone = unverifiable(settings.verification, settings.backup);
  if (alone) found.push({ path: ["backup", "accessModes"], message: alone });
  if (mode !== "statefulset") {
    const instead = mode === "cnpg" ? "set cnpg.backup" : "whoever runs it backs it up";
    if (settings.backup) found.push(wrong(["backup"], "statefulset", instead));
    if (settings.restore) found.push(wrong(["restore"], "statefulset"));
    if (storage.existingClaim !== "") {
      found.push(wrong(["storage", "existingClaim"], "statefulset"));
    }
  }
  return found;
}

/** What each replica of the registry opens at most: its pool, and one for a migration. */
export const REGISTRY_POOL = 10;
const PER_REPLICA = REGISTRY_POOL + 1;
/** For its keeper (PostgreSQL keeps 3), the backups, probes, exporter and a person in trouble. */
const SPARE = 15;
const MEBIBYTES_EACH = 5;

/** The connections at once; `replicas` are those of the registry at their most, updates included. */
export function maxConnections(settings: DatabaseSettings, replicas: number): number {
  return settings.maxConnections ?? replicas * PER_REPLICA + SPARE;
}

/**
 * What would let the registry find no connection, or the server run out of memory; paths begin below
 * the stack's key.
 */
export function databaseProblems(
  settings: DatabaseSettings,
  replicas: number,
): { path: Path; message: string }[] {
  if (settings.mode === "external") return [];
  const needed = replicas * PER_REPLICA + SPARE;
  const given = maxConnections(settings, replicas);
  if (given < needed) {
    const message = `found ${given}, but ${replicas} replicas of the registry open up to ${PER_REPLICA} each and ${SPARE} are kept to spare; make it ${needed} or leave it out`;
    return [{ path: ["maxConnections"], message }];
  }
  const { memory } = settings.resources.limits;
  const enough = `${given * MEBIBYTES_EACH * 2}Mi`;
  if (parseQuantity(memory)! >= parseQuantity(enough)!) return [];
  const message = `found ${memory}, but half of it is for ${given} connections of up to ${MEBIBYTES_EACH}Mi each; make it ${enough} or allow fewer replicas of the registry`;
  return [{ path: ["resources", "limits", "memory"], message }];
}

/** What the chart takes of it; undefined where nothing is deployed. */
export function databaseValues(settings: DatabaseSettings, replicas: number) {
  const { mode, storage, resources, backup, verification, restore, cnpg } = settings;
  if (mode === "external") return undefined;
  return {
    mode,
    storage,
    resources,
    maxConnections: maxConnections(settings, replicas),
    settings: settings.settings,
    replicas: settings.replicas,
    primary: settings.primary,
    logins: logins.parse({}),
    ...(backup ? { backup } : {}),
    verification,
    ...(restore ? { restore } : {}),
    ...(cnpg ? { cnpg } : {}),
  } satisfies Partial<PostgresValues>;
}

const OWNER = "registry";

/** How its owner reaches it; the same in all modes. `name` is the release's. */
export function databaseConnection(
  { mode, external, replicas }: Pick<DatabaseSettings, "mode" | "external" | "replicas">,
  login: Generations,
  name = "postgres",
): z.output<typeof connection> {
  if (mode === "external" && external) {
    const { cidr: _cidr, ...rest } = external;
    return rest;
  }
  // Where one may take another's place, a Service leads to whoever takes writes.
  const host = mode === "cnpg" || replicas > 0 ? `${name}-rw` : name;
  const to = { host, port: 5432, name: OWNER };
  if (mode === "cnpg") return { ...to, existingSecret: `${name}-${OWNER}`, caSecret: `${name}-ca` };
  const { name: user, existingSecret } = loginOfTurn(name, OWNER, turn(login.current));
  return { ...to, user, existingSecret, caSecret: `${name}-tls` };
}

/** The database and its owner, with the logins that take turns in being it. */
export function databaseApplication(mode: DatabaseSettings["mode"]): PostgresValues["application"] {
  const logins = mode === "cnpg" ? [] : TURNS.map((which) => loginOfTurn("postgres", OWNER, which));
  return { name: OWNER, existingSecret: `postgres-${OWNER}`, logins };
}

/** What the registry's network policy opens towards it. */
export function databaseNetwork({
  mode,
  external,
}: DatabaseSettings): Pick<NetworkPart, "egress" | "outside"> {
  if (mode === "external" && external) {
    return { egress: [], outside: [{ cidr: external.cidr, port: external.port }] };
  }
  return { egress: [{ to: "postgres", port: 5432 }], outside: [] };
}

/** What of the stack's quota it uses at its most; a pod's second container counts as one more. */
export function databaseNeeds(settings: DatabaseSettings): {
  workloads: Workload[];
  volumes: string[];
} {
  const { mode, storage, resources, backup, verification } = settings;
  if (mode === "external") return { workloads: [], volumes: [] };
  if (mode === "cnpg") {
    const instances = settings.cnpg?.instances ?? cnpg.parse({}).instances;
    return {
      // One more: the Job that fills a new instance.
      workloads: [{ name: "postgres", pods: instances + 1, resources }],
      volumes: Array.from({ length: instances }, () => storage.size),
    };
  }
  const made = (claim?: { size: string; existingClaim: string }) =>
    claim && claim.existingClaim === "" ? [claim.size] : [];
  const pods = 1 + settings.replicas;
  // A replica has both volumes, whatever the main pod uses.
  const replicated = [storage.size, ...(backup ? [backup.size] : [])];
  return {
    workloads: [
      { name: "postgres", pods, resources },
      { name: "the logins of postgres", pods, resources: logins.parse({}).resources },
      { name: "the exporter of postgres", pods, resources: settings.exporter.resources },
      ...(backup ? [{ name: "the backups of postgres", pods, resources: backup.resources }] : []),
      ...(backup && verification.enabled
        ? [{ name: "the verification of backups", pods: 1, resources: verification.resources }]
        : []),
    ],
    volumes: [
      ...made(storage),
      ...made(backup),
      ...(backup && verification.enabled ? [verification.size ?? storage.size] : []),
      ...Array.from({ length: settings.replicas }, () => replicated).flat(),
    ],
  };
}
