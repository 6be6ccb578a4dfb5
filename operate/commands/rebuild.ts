import { UserError } from "#local/engine/errors";
import { type OperateCommand, textOf } from "#operate/command";
import type { Procedure, Step } from "#operate/procedure";
import { Streams } from "#operate/streams";

export const rebuild: OperateCommand = {
  name: "rebuild",
  what: "let a pod follow the writer again: one that was the writer, or lost its way",
  flags: [
    { flags: "--pod <name>", what: "which one; its data becomes the writer's", required: true },
    {
      flags: "--anew",
      what: "copy everything at once, without trying to take back what only it has",
    },
  ],
  plan({ cluster, release, flags }, given): Procedure {
    const streams = new Streams(cluster, release);
    const pod = textOf(given, "pod") ?? "";
    const anew = given.anew === true;
    return {
      name: "rebuild",
      what: anew
        ? `removes the data of ${pod} and copies the writer's`
        : `takes back what ${pod} alone has, and lets it follow the writer`,
      safe: `it is refused for the pod that takes writes, and while that one does not answer. What ${pod} has and the writer lacks is gone afterwards: look at it before, if somebody may miss it.`,
      rto: anew
        ? "as long as a copy of all data takes; the writer answers meanwhile."
        : "seconds to minutes: pg_rewind copies what has changed, or all where the log does not reach back far enough; the writer answers meanwhile.",
      rpo: "nothing that the writer has.",
      async refusals() {
        const writer = await streams.writer();
        if (writer === undefined) {
          return [`${release} has no replicas in ${cluster.namespace}: name the release.`];
        }
        if (pod === writer) {
          return [
            `${pod} is the one that takes writes: promote another first (operate promote ${flags}).`,
          ];
        }
        if (!(await cluster.get("pod", pod))) return [`there is no pod ${pod}.`];
        if (!(await streams.takesWrites(writer).catch(() => false))) {
          return [`${writer} does not take writes, so nobody can follow it: see to it first.`];
        }
        return [];
      },
      steps: [rebuildStep(streams, pod, anew)],
    };
  },
};

/** Orders it from the pod's own role, which does it when the pod starts; ends when it follows. */
export function rebuildStep(streams: Streams, pod: string, anew = false): Step {
  const { cluster } = streams;
  const follows = async () => {
    const writer = (await streams.writer()) ?? "";
    return (await streams.followersOf(writer)).includes(pod);
  };
  return {
    title: `Let ${pod} follow${anew ? ", with a new copy of all data" : ""}`,
    done: follows,
    async run() {
      // Until its next checkpoint, one that was promoted tells pg_rewind its old timeline.
      await cluster.sql((await streams.writer()) ?? "", "CHECKPOINT");
      const order = `echo ${anew ? "anew" : "rewind"} >"\${PGDATA%/*}/rebuild"`;
      await cluster.until(`${pod} takes the order`, 120, async () => {
        const { status } = (await cluster.get("pod", pod)) ?? {};
        const running = (all: { name: string; state?: { running?: object } }[] = [], name = "") =>
          all.some((one) => one.name === name && one.state?.running !== undefined);
        if (running(status?.initContainerStatuses, "role")) {
          await cluster.exec(pod, "role", ["sh", "-c", order]);
          return true;
        }
        if (!running(status?.containerStatuses, "postgres")) return false;
        await cluster.exec(pod, "postgres", ["sh", "-c", order]);
        await cluster.kubectl(["delete", "pod", pod, "--wait=false"]);
        return true;
      });
      await cluster.until(`${pod} follows`, 600, follows).catch(async (error) => {
        const log = await cluster.kubectl(["logs", pod, "-c", "role", "--tail=5"]).catch(() => "");
        throw new UserError(`${(error as Error).message}\n${log}`);
      });
    },
  };
}
