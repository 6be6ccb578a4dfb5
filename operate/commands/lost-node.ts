import { UserError } from "#local/engine/errors";
import { type OperateCommand, textOf } from "#operate/command";
import { Database } from "#operate/database";
import { isReady } from "#operate/nodes";
import type { Step } from "#operate/procedure";
import type { Target } from "#operate/target";
import { nodeOf, volumeOf } from "#operate/volumes";

const TAINT = "node.kubernetes.io/out-of-service";

export const lostNode: OperateCommand = {
  name: "lost-node",
  what: "let the database go on elsewhere when its node is lost, or take the node back",
  flags: [
    { flags: "--node <name>", what: "the node", required: true },
    { flags: "--powered-off", what: "you have seen that it is off, and it stays off" },
    { flags: "--returned", what: "it is back: let it have pods again" },
  ],
  plan(target, given) {
    const node = textOf(given, "node") ?? "";
    return given.returned ? returned(target, node) : lost(target, node, Boolean(given.poweredOff));
  },
};

function lost(target: Target, node: string, off: boolean) {
  const { cluster, release } = target;
  const database = new Database(cluster, release);
  const bound = async () => {
    const volume = await volumeOf(cluster, database.claim);
    return volume !== undefined && (await nodeOf(cluster, volume)) === node;
  };
  return {
    name: "lost-node",
    what: `tells Kubernetes that the node ${node} is off, so that its pods and volumes go elsewhere`,
    safe: `Kubernetes leaves a pod alone whose node is silent, because it may still write. This is refused while ${node} answers, and before you have said --powered-off. All pods of the node go, not the database's alone.`,
    rto: "a minute or two: volumes are detached at once, then the server recovers as after a crash.",
    rpo: "nothing that was acknowledged: the volume goes along. Where the volume is on that node alone, all of it until the node is back; lost-volume then takes what is archived.",
    async refusals() {
      const reasons: string[] = [];
      if (!(await cluster.get("node", node)))
        return [`there is no node ${node}; see kubectl get nodes.`];
      if (await isReady(cluster, node)) {
        reasons.push(
          `${node} is ready, so its pods can go in order: kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data.`,
        );
      }
      if (!off) {
        reasons.push(
          `a server on ${node} may still write: switch it off, see that it is, and add --powered-off.`,
        );
      }
      return reasons;
    },
    steps: [
      {
        title: `Taint ${node} as out of service`,
        done: () => isTainted(target, node),
        async run() {
          await cluster.kubectl([
            "taint",
            "node",
            node,
            `${TAINT}=nodeshutdown:NoExecute`,
            "--overwrite",
          ]);
        },
      },
      {
        title: `Wait until the pod ${database.pod} is off it`,
        done: async () => (await cluster.get("pod", database.pod))?.spec.nodeName !== node,
        async run() {
          await cluster.until(`the pod ${database.pod} is off ${node}`, 600, async () => {
            return (await cluster.get("pod", database.pod))?.spec.nodeName !== node;
          });
        },
      },
      {
        title: `Wait until ${release} takes writes elsewhere`,
        done: () => database.takesWrites(),
        async run() {
          if (await bound()) {
            throw new UserError(
              `the data is on ${node} alone: bring the node back (then: operate lost-node ${target.flags} --node ${node} --returned), or restore what is archived: operate lost-volume ${target.flags}.`,
            );
          }
          await database.awaitWrites();
        },
      },
    ] satisfies Step[],
  };
}

/** Kubernetes leaves the taint to whoever set it. */
function returned(target: Target, node: string) {
  return {
    name: "lost-node",
    what: `lets the node ${node} have pods again`,
    safe: "it is refused until the node is ready; what ran on it was ended by Kubernetes when it came back.",
    rto: "at once.",
    rpo: "nothing.",
    refusals: async () =>
      (await isReady(target.cluster, node)) ? [] : [`${node} is not ready yet: wait until it is.`],
    steps: [
      {
        title: `Take the taint off ${node}`,
        done: async () => !(await isTainted(target, node)),
        async run() {
          await target.cluster.kubectl(["taint", "node", node, `${TAINT}-`]);
        },
      },
    ],
  };
}

async function isTainted({ cluster }: Target, node: string): Promise<boolean> {
  const taints = (await cluster.get("node", node))?.spec.taints ?? [];
  return taints.some(({ key }: { key: string }) => key === TAINT);
}
