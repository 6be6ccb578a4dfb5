import { UserError } from "#local/engine/errors";
import { type OperateCommand, textOf } from "#operate/command";
import { rebuildStep } from "#operate/commands/rebuild";
import type { Procedure, Step } from "#operate/procedure";
import { type Stream, Streams, streamOf, streamsFlag } from "#operate/streams";
import type { Target } from "#operate/target";

export const promote: OperateCommand = {
  name: "promote",
  what: "let a replica take the writer's place",
  flags: [
    { ...streamsFlag, required: true },
    {
      flags: "--accept-loss",
      what: "also when it may lack what was written last: the writer is lost, and waiting costs more",
    },
  ],
  plan: (target, given) =>
    procedureOf(target, streamOf(textOf(given, "to")), given.acceptLoss === true),
};

function procedureOf(target: Target, to: Stream, acceptLoss: boolean): Procedure {
  const { cluster, release, flags } = target;
  const from: Stream = to === "main" ? "standby" : "main";
  const streams = new Streams(cluster, release);
  const [next, last] = [streams.podOf(to), streams.podOf(from)];
  return {
    name: "promote",
    what: `lets ${next} take writes in the place of ${last}`,
    safe: `${last} is stopped first, and nothing goes on before its pod is gone: two never take writes. ${
      acceptLoss
        ? `It stays stopped in its role: it can't write again, and what only it has is kept until operate rebuild ${flags} --pod ${last}.`
        : `${next} is promoted only when it has everything that ${last} wrote, its orderly end included.`
    } Afterwards, "primary: ${to}" has to stand in the values${target.stack ? ` (mcp-mesh:postgres in Pulumi.${target.stack}.yaml)` : ""}, before anybody brings them up again.`,
    rto: "20 to 40 s in which nobody can write: an orderly stop (as long as its last checkpoint takes) and the promotion. Reads go on.",
    rpo: acceptLoss
      ? `what ${last} acknowledged and ${next} had not got; it tells how old its last change is.`
      : "nothing; it is refused if something may be lost.",
    async refusals() {
      const writer = await streams.writer();
      if (writer === undefined) {
        return [
          `${release} has no replicas in ${cluster.namespace}: set replicas to 1 and wait until one follows.`,
        ];
      }
      if (writer === next) return [];
      if (!(await answers(streams, next))) {
        return [
          `${next} does not answer, so it can't take writes: see why (kubectl describe pod ${next}).`,
        ];
      }
      const { spec } = await streams.set(from);
      // Stopped by the first step of a run that was interrupted: the next one looks into the log.
      if (acceptLoss || spec.replicas === 0) return [];
      const followers = await streams.followersOf(last).catch(() => undefined);
      if (followers?.includes(next)) return [];
      return [
        followers
          ? `${next} does not follow ${last} at the moment: what it lacks would be lost. Wait until it does (operate rebuild), or add --accept-loss.`
          : `${last} does not answer, so it can't be known whether ${next} has all that it wrote. Start it again, or add --accept-loss.`,
      ];
    },
    steps: stepsOf(streams, { to, from, acceptLoss }),
  };
}

function stepsOf(
  streams: Streams,
  { to, from, acceptLoss }: { to: Stream; from: Stream; acceptLoss: boolean },
): Step[] {
  const { cluster } = streams;
  const [next, last] = [streams.podOf(to), streams.podOf(from)];
  const promoted = () => streams.takesWrites(next);
  const fenced = async () => (await streams.leads(to)) || (await streams.stopped(from));
  const complete: Step = {
    title: `See that ${next} has all that was written`,
    done: async () => (await promoted()) || (await streams.hasAll(next)),
    async run() {
      throw new UserError(
        `${next} has not got the end of what ${last} wrote. Either start that again (kubectl scale statefulset ${streams.setOf(from)} --replicas=1) and wait until ${next} follows it, or repeat this with --accept-loss.`,
      );
    },
  };
  return [
    { title: `Stop ${last}, and see it gone`, done: fenced, run: () => streams.stop(from) },
    ...(acceptLoss ? [] : [complete]),
    {
      title: `Promote ${next}`,
      done: promoted,
      async run() {
        if (acceptLoss) console.log(`  ${next}: ${await lastChange(streams, next)}`);
        await cluster.sql(next, "SELECT pg_promote(true, 120)");
      },
    },
    {
      title: `Lead all writers to ${next}`,
      done: () => streams.leads(to),
      run: () => streams.lead(to),
    },
    {
      title: `Start ${last} again, as one that may not write`,
      done: async () => (await streams.set(from)).spec.replicas > 0,
      run: () => streams.start(from),
    },
    ...(acceptLoss ? [] : [rebuildStep(streams, last)]),
  ];
}

const answers = (streams: Streams, pod: string) =>
  streams.takesWrites(pod).then(
    () => true,
    () => false,
  );

/** How old the last change is that a standby has: what came later is lost. */
async function lastChange(streams: Streams, pod: string): Promise<string> {
  const age = await streams.cluster.sql(
    pod,
    "SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())::int",
  );
  return age === ""
    ? "no change has come to it since it started"
    : `its last change is ${age} s old; what was written since then is lost`;
}
