import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { script } from "#local/setup/environment";
import { type Command, type Measured, report, say, timed } from "#test/bench/measure";
import { writePolicyObjects } from "#test/bench/policy-objects";

/** Another checker, the checks of it that we have too, and our rules that are those checks. */
interface Peer {
  name: string;
  /** What it needs, in the folder BENCH_PEERS or on the PATH. */
  needs: string[];
  /** Its checks by our rules' ids. */
  checks: Record<string, string[]>;
  command(paths: string[], folder: string, checks: string[]): Command;
}

const pss = ["P1", "P2", "P3", "P4", "P5", "P7", "P8", "P9", "P10", "P11", "P12", "P13"];
pss.push("P14", "P15", "P18", "P19", "P20");

const peers: Peer[] = [
  {
    name: "kube-linter",
    needs: ["kube-linter"],
    checks: {
      P1: ["privileged-container"],
      P2: ["host-pid", "host-ipc"],
      P3: ["host-network"],
      P5: ["sensitive-host-mounts"],
      P6: ["docker-sock"],
      P8: ["unsafe-proc-mount"],
      P9: ["unsafe-sysctls"],
      P13: ["privilege-escalation-container"],
      P14: ["run-as-non-root"],
      P21: ["no-read-only-root-fs"],
      P28: ["default-service-account"],
      P29: ["non-existent-service-account"],
      I1: ["latest-tag"],
      R1: ["unset-cpu-requirements", "unset-memory-requirements"],
      B1: ["no-liveness-probe"],
      B2: ["no-readiness-probe"],
      H1: ["minimum-three-replicas"],
      H2: ["no-anti-affinity"],
      H5: ["pdb-max-unavailable"],
      H10: ["dangling-horizontalpodautoscaler"],
      H14: ["mismatching-selector"],
      S1: ["exposed-services"],
      S4: ["dangling-service"],
      S12: ["dangling-ingress"],
      N1: ["non-isolated-pod"],
      A1: ["wildcard-in-rules"],
      A2: ["cluster-admin-role-binding"],
      A3: ["access-to-secrets"],
      K1: ["read-secret-from-env-var"],
      K2: ["env-var-secret"],
      M1: ["use-namespace"],
      M5: ["no-extensions-v1beta"],
    },
    command: ([command = ""], folder, checks) => ({
      command,
      args: ["lint", "--do-not-auto-add-defaults", "--include", checks.join(","), folder],
    }),
  },
  {
    name: "kube-score",
    needs: ["kube-score"],
    checks: {
      P1: ["container-security-context-privileged"],
      P12: ["container-seccomp-profile"],
      P21: ["container-security-context-readonlyrootfilesystem"],
      I1: ["container-image-tag"],
      R1: ["container-resources"],
      R3: ["container-ephemeral-storage-request-and-limit"],
      B2: ["pod-probes"],
      B3: ["pod-probes-identical"],
      H1: ["deployment-replicas"],
      H2: ["deployment-has-host-podantiaffinity", "statefulset-has-host-podantiaffinity"],
      H3: ["pod-topology-spread-constraints"],
      H4: ["deployment-has-poddisruptionbudget", "statefulset-has-poddisruptionbudget"],
      H5: ["poddisruptionbudget-has-policy"],
      H9: ["horizontalpodautoscaler-replicas"],
      H10: ["horizontalpodautoscaler-has-target"],
      H11: ["deployment-targeted-by-hpa-does-not-have-replicas-configured"],
      H14: [
        "deployment-pod-selector-labels-match-template-metadata-labels",
        "statefulset-pod-selector-labels-match-template-metadata-labels",
      ],
      H15: ["statefulset-has-servicename"],
      S1: ["service-type"],
      S4: ["service-targets-pod"],
      S12: ["ingress-targets-service"],
      N1: ["pod-networkpolicy"],
      M5: ["stable-version"],
    },
    command: ([command = ""], folder, checks) => {
      const all = spawnSync(command, ["list"], { encoding: "utf8" }).stdout.trim().split("\n");
      const others = all.map((line) => line.split(",")[0] ?? "").filter((c) => !checks.includes(c));
      const ignored = others.flatMap((check) => ["--ignore-test", check]);
      const line = `"$0" score --output-format ci "$@" ${join(folder, "*.yaml")}`;
      return { command: "sh", args: ["-c", line, command, ...ignored] };
    },
  },
  {
    name: "Kyverno's CLI, its Pod Security policies",
    needs: ["kyverno", "kyverno-policies"],
    checks: Object.fromEntries(pss.map((id) => [id, []])),
    command: ([command = "", policies = ""], folder) => ({
      command,
      args: ["apply", ...["baseline", "restricted"].map((part) => join(policies, part))].concat([
        "--resource",
        folder,
      ]),
    }),
  },
  {
    name: "Monokle, its Pod Security plugin",
    needs: ["monokle"],
    checks: Object.fromEntries(pss.map((id) => [id, []])),
    command: ([home = ""], folder) => {
      const [command, args] = script("test/bench/policy-monokle.ts", home, folder);
      return { command, args };
    },
  },
];

/** Seconds of our checker and of each peer that is there, at the checks that both do. */
export async function benchPeers(rounds: number, folder: string, total: number): Promise<void> {
  const objects = writePolicyObjects(folder, total);
  for (const { name, needs, checks, command } of peers) {
    const paths = needs.map(findPeer);
    const missing = needs.filter((_, index) => paths[index] === undefined);
    if (missing.length > 0) {
      say(`\n${name}: not here (no ${missing.join(", ")} on the PATH or in BENCH_PEERS)`);
      continue;
    }
    const ids = Object.keys(checks);
    const [own, args] = script("policy/cli.ts", "check", "--rules", ids.join(","), folder);
    const theirs = command(paths as string[], folder, Object.values(checks).flat());
    const measured: Measured[] = [
      { name, seconds: [] },
      { name: `policy check --rules (${ids.length})`, seconds: [] },
    ];
    for (let round = 0; round < rounds; round++) {
      for (const [index, one] of [theirs, { command: own, args }].entries()) {
        measured[index]?.seconds.push(await timed(one.command, [one], [0, 1]));
      }
    }
    report(`${objects} objects at equal checks`, measured, 1);
  }
  say(
    "\nkubeconform and Polaris are not compared: the one checks schemas alone, from the network;",
  );
  say("the other has no release that `go install` can build.");
}

/** Where a peer's program or folder is. */
function findPeer(name: string): string | undefined {
  const folders = [process.env.BENCH_PEERS, ...(process.env.PATH ?? "").split(delimiter)];
  return folders.flatMap((folder) => (folder ? join(folder, name) : [])).find(existsSync);
}
