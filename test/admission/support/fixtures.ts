import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { Template } from "#policy/examples/mesh";
import { run } from "#test/support/project";

/** A pod that the authors of Pod Security made, with what they say of it. */
export interface Fixture {
  /** `restricted/fail/runasnonroot0` */
  name: string;
  profile: "baseline" | "restricted";
  /** The check that it is made to break, such as `runasnonroot`; undefined if it keeps all. */
  breaks?: string;
  pod: Template;
}

const module = "k8s.io/pod-security-admission@v0.37.2";
const version = "v1.37";

/** All fixtures of the newest standards, out of the module that carries them. */
export async function podSecurityFixtures(): Promise<Fixture[]> {
  const found = await run("go", ["mod", "download", "-json", module], { cwd: tmpdir() });
  const { Dir, Error: problem } = JSON.parse(found.stdout);
  if (problem || !Dir) throw new Error(`no ${module}: ${problem ?? found.stderr}`);
  return (["baseline", "restricted"] as const).flatMap((profile) =>
    ["pass", "fail"].flatMap((verdict) => {
      const folder = join(Dir, "test", "testdata", profile, version, verdict);
      return readdirSync(folder).map((file) => {
        const check = file.replace(/\d*\.yaml$/, "");
        return {
          name: `${profile}/${verdict}/${file.replace(".yaml", "")}`,
          profile,
          ...(verdict === "fail" && { breaks: check }),
          pod: parse(readFileSync(join(folder, file), "utf8")),
        };
      });
    }),
  );
}

/** The rules that are about the same as each check, in the fixtures' names for these. */
export const rulesOfCheck: Record<string, string[]> = {
  allowprivilegeescalation: ["P13"],
  apparmorprofile: ["P11"],
  capabilities_baseline: ["P18"],
  capabilities_restricted: ["P19"],
  hostnamespaces: ["P2", "P3"],
  hostpathvolumes: ["P5"],
  hostports: ["P4"],
  hostprobesandhostlifecycle: ["P23"],
  privileged: ["P1"],
  procmount: ["P8"],
  procmount_restricted: ["P8"],
  restrictedvolumes: ["P20"],
  runasnonroot: ["P14"],
  runasuser: ["P15"],
  seccompprofile_baseline: ["P12"],
  seccompprofile_restricted: ["P12"],
  selinuxoptions: ["P10"],
  sysctls: ["P9"],
  windowshostprocess: ["P7"],
};

/** What else some fixtures break: in the restricted profile, and in both. */
const besides: Record<string, string[]> = {
  allowprivilegeescalation3: ["P19"],
  capabilities_baseline: ["P19"],
  hostpathvolumes: ["P20"],
  privileged: ["P13"],
  restrictedvolumes19: ["P5"],
};
const inBoth: Record<string, string[]> = { windowshostprocess: ["P3"] };

/** The rules that a fixture breaks, among those of its profile: what it is made for, and others. */
export function expected({ name, breaks, profile }: Fixture): { some: string[]; others: string[] } {
  if (breaks === undefined) return { some: [], others: [] };
  const file = name.slice(name.lastIndexOf("/") + 1);
  const strict = profile === "restricted" ? (besides[breaks] ?? besides[file] ?? []) : [];
  return { some: rulesOfCheck[breaks] ?? [], others: [...strict, ...(inBoth[breaks] ?? [])] };
}

const baseline = [
  "P1",
  "P2",
  "P3",
  "P4",
  "P5",
  "P7",
  "P8",
  "P9",
  "P10",
  "P11",
  "P12",
  "P18",
  "P23",
];

/** The rules of each profile. */
export const profiles = {
  baseline,
  restricted: [...baseline, "P13", "P14", "P15", "P19", "P20"],
};

/** The settings under which the rules are those of a profile. */
export const settingsOf = (profile: Fixture["profile"]) => ({
  "default-proc-mount": { profile },
  "seccomp-profile": { profile },
});

/** How the API server's own admission names what is wrong. */
const reasons: Record<string, RegExp> = {
  P1: /privileged \(/,
  P2: /host namespaces \(.*host(PID|IPC)=true/,
  P3: /host namespaces \(.*hostNetwork=true/,
  P4: /hostPort \(/,
  P5: /hostPath volumes \(/,
  P7: /hostProcess \(/,
  P8: /procMount \(/,
  P9: /forbidden sysctls \(/,
  P10: /seLinuxOptions \(/,
  P11: /forbidden AppArmor profiles? \(/,
  P12: /seccompProfile \(/,
  P13: /allowPrivilegeEscalation != false \(/,
  P14: /runAsNonRoot != true \(/,
  P15: /runAsUser=0 \(/,
  P18: /non-default capabilities \(/,
  P19: /unrestricted capabilities \(/,
  P20: /restricted volume types \(/,
  P23: /probe or lifecycle host \(/,
};

/** The rules that a warning or refusal of Pod Security speaks of. */
export function idsIn(message: string): string[] {
  const [, list] = /PodSecurity "\w+:latest": (.*)/s.exec(message) ?? [];
  if (list === undefined) return [];
  const starts = (reason: RegExp) => new RegExp(`(^|, )${reason.source}`, "s").test(list);
  return Object.keys(reasons).filter((id) => starts(reasons[id] as RegExp));
}

/** The restricted profile has stricter checks in place of two of the baseline's. */
export function withoutImplied(ids: readonly string[], profile: Fixture["profile"]): string[] {
  const implied = profile === "restricted" ? ["P18", "P5"] : [];
  return ids.filter((id) => !implied.includes(id)).toSorted();
}
