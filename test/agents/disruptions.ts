import { readdirSync, readFileSync } from "node:fs";
import { isReady, type Pod, type Stage, WORKER } from "#test/agents/stage";
import { eventually } from "#test/support/eventually";
import { getObjects, kubectl } from "#test/support/kubectl";

/** Replaces all pods of an agent, as any change of it does, and waits until the old ones are gone. */
export async function rollingUpdate(stage: Stage, agent = WORKER): Promise<void> {
  await stage.kubectl(["rollout", "restart", `deployment/${agent}`]);
  await stage.settled(agent);
}

/** SIGKILL for the process in a pod, from this machine, as the kernel does it when memory is short. */
export async function killProcess(stage: Stage): Promise<void> {
  const victim = await oneOf(stage);
  const pids = processesOf(victim);
  if (pids.length === 0) throw new Error(`${victim.metadata.name} has no process on this machine`);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  const restarts = async () => {
    const path = "jsonpath={.status.containerStatuses[0].restartCount}";
    return Number(await stage.kubectl(["get", "pod", victim.metadata.name, "-o", path]));
  };
  await eventually("the container's restart", 60, async () => (await restarts()) > 0);
  await stage.settled(WORKER);
}

/** Takes a pod away without letting it end its calls. */
export async function deleteAtOnce(stage: Stage): Promise<void> {
  const { metadata } = await oneOf(stage);
  await stage.kubectl(["delete", "pod", metadata.name, "--grace-period=0", "--force"]);
  await stage.settled(WORKER);
}

/** Has no registry for so long, and the database neither. */
export async function registryOutage(
  stage: Stage,
  seconds: number,
  meanwhile = async () => {},
): Promise<void> {
  const scale = (replicas: number) =>
    stage.kubectl(["scale", "deployment/registry", `--replicas=${replicas}`]);
  await scale(0);
  await stage.kubectl([
    ...["delete", "pod", "-l", "app.kubernetes.io/name=registry", "--grace-period=0", "--force"],
  ]);
  await Promise.all([meanwhile(), new Promise((resolve) => setTimeout(resolve, seconds * 1000))]);
  await scale(1);
  await stage.settled("registry");
}

/** Empties the node of one of the agent's pods, other than a given one, and lets pods on it again. */
export async function nodeDrain(stage: Stage, except: string): Promise<void> {
  const victim = await oneOf(stage, ({ spec }) => spec.nodeName !== except);
  const node = victim.spec.nodeName;
  const drain = ["drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=120s"];
  // Others may have pods on the node, too: this stage's alone have to go.
  const mine = `--pod-selector=app.kubernetes.io/name in (${WORKER},registry)`;
  try {
    const { code, stderr } = await kubectl([...drain, mine]);
    if (code !== 0) throw new Error(stderr);
    await stage.settled(WORKER);
  } finally {
    await kubectl(["uncordon", node]);
  }
}

async function oneOf(stage: Stage, fits: (pod: Pod) => boolean = () => true): Promise<Pod> {
  const pod = (await stage.pods(WORKER)).find((one) => isReady(one) && fits(one));
  if (!pod) throw new Error("there is no ready pod to disturb");
  return pod;
}

/** The processes of this machine that run in a pod; its own pause has another parent group. */
function processesOf({ metadata: { uid } }: Pod): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const inPod = readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(uid);
        return inPod && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("node");
      } catch {
        return false; // It has just ended.
      }
    })
    .map(Number);
}

/** A node without a pod of the agent, for who must outlive a drain. */
export async function freeNode(stage: Stage): Promise<string> {
  const taken = (await stage.pods(WORKER)).map(({ spec }) => spec.nodeName);
  const nodes = await getObjects("nodes");
  const free = nodes.find(({ metadata }) => !taken.includes(metadata.name));
  if (!free) throw new Error("the agent has a pod on every node");
  return free.metadata.name;
}
