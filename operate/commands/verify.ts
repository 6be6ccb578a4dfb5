import { UserError } from "#local/engine/errors";
import type { Cluster, KubeObject } from "#operate/cluster";
import type { OperateCommand } from "#operate/command";
import { Streams } from "#operate/streams";

/** What a verification leaves beside the backups; `reason` where it is not ok. */
interface Outcome {
  ok: boolean;
  backup: string;
  target: string;
  reason?: string;
  restoreSeconds?: number;
  recoverySeconds?: number;
  checkSeconds?: number;
}

export const verify: OperateCommand = {
  name: "verify",
  what: "prove now that the newest backup can be restored",
  plan({ cluster, release }) {
    const cronJob = `${release.slice(0, 43).replace(/-$/, "")}-verify`;
    let job: string | undefined;
    const find = async () => {
      job ??= (await jobsOf(cluster, cronJob)).find((one) => !ended(one))?.metadata.name;
      return job === undefined ? undefined : cluster.get("job", job);
    };
    return {
      name: "verify",
      what: `restores the newest backup of ${release} beside it, to the time that was marked after it, and compares and examines all that is in it`,
      safe: `it reads the backups only, restores to a volume of its own that goes with it, and asks ${release} nothing.`,
      rto: "nobody waits for it; how long the restore took is what a real one would take.",
      rpo: "nothing.",
      async refusals() {
        if (!(await cluster.get("cronjob", cronJob))) {
          return [
            `there is no ${cronJob}: set backup, leave verification.enabled as it is, and update ${release} first.`,
          ];
        }
        const pods = await cluster.list("pods", `app.kubernetes.io/name=${release}`);
        if (pods.some(({ status }) => status?.phase === "Running")) return [];
        return [
          `no pod of ${release} runs, and the verification's has to be beside it, where the backups are mounted: see docs/runbooks/PostgresDown.md.`,
        ];
      },
      steps: [
        {
          title: "Start a verification, unless one is under way",
          done: async () => (await find()) !== undefined,
          async run() {
            const name = `${cronJob}-${Date.now().toString(36)}`;
            await cluster.kubectl(["create", "job", name, `--from=cronjob/${cronJob}`]);
            job = name;
          },
        },
        {
          title: "Wait for what it finds",
          done: async () => ended(await find()) === "Complete",
          async run() {
            const seconds = (await find())?.spec.activeDeadlineSeconds + 300;
            await cluster.until("the verification", seconds, async () => {
              return ended(await find()) !== undefined;
            });
            const outcome = await outcomeOf(cluster, release);
            if (ended(await find()) === "Complete") return report(outcome);
            const why = outcome.ok ? "it was stopped before its end" : outcome.reason;
            throw new UserError(
              `the backup ${outcome.backup} is NOT good: ${why}. docs/runbooks/BackupVerificationFails.md says what to do.`,
            );
          },
        },
      ],
    };
  },
};

async function jobsOf(cluster: Cluster, cronJob: string): Promise<KubeObject[]> {
  return cluster.list("jobs", `app.kubernetes.io/name=${cronJob}`);
}

/** How the Job ended; undefined while it hasn't. */
function ended(job: KubeObject | undefined): "Complete" | "Failed" | undefined {
  const conditions: { type: string; status: string }[] = job?.status?.conditions ?? [];
  const end = conditions.find(
    ({ type, status }) => status === "True" && (type === "Complete" || type === "Failed"),
  );
  return end?.type as "Complete" | "Failed" | undefined;
}

async function outcomeOf(cluster: Cluster, release: string): Promise<Outcome> {
  const file = "/var/lib/mcp-mesh/repository/verification/last.json";
  const pod = (await new Streams(cluster, release).writer()) ?? `${release}-0`;
  return JSON.parse(await cluster.exec(pod, "backup", ["cat", file]));
}

function report(outcome: Outcome): void {
  const { backup, target, restoreSeconds = 0, recoverySeconds = 0, checkSeconds = 0 } = outcome;
  process.stdout.write(
    `  ${backup} is good as of ${target}: there after ${restoreSeconds + recoverySeconds} s (${restoreSeconds} s copying, ${recoverySeconds} s recovering), examined in ${checkSeconds} s\n`,
  );
}
