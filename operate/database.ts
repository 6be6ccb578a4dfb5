import { UserError } from "#local/engine/errors";
import type { Cluster, KubeObject } from "#operate/cluster";
import { Streams } from "#operate/streams";

/** A restore takes as long as its data is large; whoever waits may interrupt it and come again. */
const HOURS = 6 * 3600;

/** One server of charts/postgres: its StatefulSet, its only pod and that pod's claim. */
export class Database {
  readonly cluster: Cluster;
  readonly name: string;
  readonly pod: string;
  readonly claim: string;

  constructor(cluster: Cluster, name: string) {
    this.cluster = cluster;
    this.name = name;
    this.pod = `${name}-0`;
    this.claim = `data-${name}-0`;
  }

  find(): Promise<KubeObject | undefined> {
    return this.cluster.get("statefulset", this.name);
  }

  /** Its StatefulSet; rejects if there is none. */
  async statefulSet(): Promise<KubeObject> {
    const found = await this.find();
    if (found) return found;
    throw new UserError(
      `there is no StatefulSet ${this.name} in the namespace ${this.cluster.namespace}; see --release, and run "up" if it was removed.`,
    );
  }

  /** Why this server is not the one to see to: a replica has its place. `flags` name the release. */
  async standsBack(flags: string): Promise<string[]> {
    const writer = await new Streams(this.cluster, this.name).writer();
    if (writer === undefined || writer === this.pod) return [];
    return [
      `${writer} takes writes and has the backups, not ${this.pod}: operate promote ${flags} --to main, or, if the data of ${this.pod} is lost, operate rebuild ${flags} --pod ${this.pod} --anew.`,
    ];
  }

  /** A volume of its pods, by the chart's name for it. */
  async volume(name: string): Promise<KubeObject["spec"] | undefined> {
    const { spec } = await this.statefulSet();
    return spec.template.spec.volumes.find((volume: { name: string }) => volume.name === name);
  }

  /** Whether it answers and is no longer in recovery. */
  async takesWrites(): Promise<boolean> {
    const pod = await this.cluster.get("pod", this.pod);
    if (!pod || pod.metadata.deletionTimestamp) return false;
    return new Streams(this.cluster, this.name).takesWrites(this.pod).catch(() => false);
  }

  /** Whether nobody can write, because there is no pod and none will come. */
  async isStopped(): Promise<boolean> {
    const { spec } = await this.statefulSet();
    return spec.replicas === 0 && !(await this.cluster.get("pod", this.pod));
  }

  /** Ends the server as its pod's end always does: by a checkpoint and a fast shutdown. */
  async stop(): Promise<void> {
    await this.cluster.kubectl(["scale", "statefulset", this.name, "--replicas=0"]);
    await this.cluster.until(
      `the end of the pod ${this.pod} (if its node is lost: operate lost-node)`,
      900,
      () => this.isStopped(),
    );
  }

  async start(): Promise<void> {
    await this.cluster.kubectl(["scale", "statefulset", this.name, "--replicas=1"]);
    await this.awaitWrites();
  }

  /** Waits until it takes writes; rejects at once, with the words of what failed, if it can't. */
  async awaitWrites(): Promise<void> {
    let trouble: string | undefined;
    await this.cluster.until(`${this.name} takes writes`, HOURS, async () => {
      if (await this.takesWrites()) return true;
      trouble = await this.trouble();
      return trouble !== undefined;
    });
    if (trouble) throw new UserError(trouble);
  }

  /** What keeps the pod from starting, that waiting will not mend. */
  private async trouble(): Promise<string | undefined> {
    const pod = await this.cluster.get("pod", this.pod);
    if (!pod) {
      const events = await this.cluster.list("events");
      const refused = events.findLast(
        (event: KubeObject & { reason?: string; involvedObject?: { name: string } }) =>
          event.reason === "FailedCreate" && event.involvedObject?.name === this.name,
      ) as { message?: string } | undefined;
      return refused && `the pod ${this.pod} is not admitted: ${refused.message}`;
    }
    const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
    const failed = [...initContainerStatuses, ...containerStatuses].find(
      ({ name, restartCount, state }) =>
        ["restore", "role", "postgres"].includes(name) && restartCount > 1 && state.waiting,
    );
    if (!failed) return undefined;
    const logs = ["logs", this.pod, "-c", failed.name, "--previous", "--tail=5"];
    const words = await this.cluster.kubectl(logs).catch(() => "");
    return `${this.pod} fails again and again in its container ${failed.name}, whose log ends with:\n${words}`;
  }

  /** Runs pgBackRest beside the server, where the chart has given it all that it needs. */
  pgbackrest(...args: string[]): Promise<string> {
    return this.cluster.exec(this.pod, "backup", ["pgbackrest", "--stanza=main", ...args]);
  }

  /** The backups that the repository holds, the newest last. */
  async backups(): Promise<Backup[]> {
    const [stanza] = JSON.parse(await this.pgbackrest("--output=json", "info"));
    return stanza?.backup ?? [];
  }
}

/** As pgBackRest tells of one; times are in seconds. */
export interface Backup {
  type: "full" | "diff" | "incr";
  timestamp: { start: number; stop: number };
  archive: { start: string | null };
}
