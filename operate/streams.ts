import { UserError } from "#local/engine/errors";
import type { Cluster, KubeObject } from "#operate/cluster";

/** The two StatefulSets that can take each other's place. */
export type Stream = "main" | "standby";
export const streamsFlag = { flags: "--to <stream>", what: "main, or standby: the first replica" };

/** What was held back from a StatefulSet that was stopped: how many pods it had. */
const HAD = "mcp-mesh.dev/replicas";

/** A release with read replicas, as it is in the cluster. */
export class Streams {
  readonly cluster: Cluster;
  readonly release: string;

  constructor(cluster: Cluster, release: string) {
    this.cluster = cluster;
    this.release = release;
  }

  setOf(stream: Stream): string {
    return stream === "main" ? this.release : `${this.release}-standby`;
  }

  /** The only pod of the stream that can take writes. */
  podOf(stream: Stream): string {
    return `${this.setOf(stream)}-0`;
  }

  /** The pod that takes writes as the release says it; undefined where there are no replicas. */
  async writer(): Promise<string | undefined> {
    const roles = await this.cluster.get("configmap", `${this.release}-roles`);
    return (roles as { data?: { writer?: string } } | undefined)?.data?.writer;
  }

  /** Whether a server runs in the pod and takes writes itself. */
  async takesWrites(pod: string): Promise<boolean> {
    return (await this.cluster.sql(pod, "SELECT NOT pg_is_in_recovery()")) === "t";
  }

  /** The replicas that are connected to a server that takes writes. */
  async followersOf(pod: string): Promise<string[]> {
    const names = "SELECT application_name FROM pg_stat_replication WHERE state = 'streaming'";
    return (await this.cluster.sql(pod, names)).split("\n");
  }

  async set(stream: Stream): Promise<KubeObject> {
    const name = this.setOf(stream);
    const found = await this.cluster.get("statefulset", name);
    if (found) return found;
    throw new UserError(
      `there is no StatefulSet ${name}: set replicas to 1 (in a stack, mcp-mesh:postgres), and bring that up first.`,
    );
  }

  /** Whether no pod of it is left, not even one that nobody can be sure of. */
  async stopped(stream: Stream): Promise<boolean> {
    const { spec } = await this.set(stream);
    const own = new RegExp(`^${this.setOf(stream)}-\\d+$`);
    const pods = await this.cluster.list("pod", `app.kubernetes.io/name=${this.release}`);
    return spec.replicas === 0 && !pods.some(({ metadata }) => own.test(metadata.name));
  }

  /** Ends when all pods of it are gone: until then one may still write. */
  async stop(stream: Stream): Promise<void> {
    const { spec } = await this.set(stream);
    const name = this.setOf(stream);
    if (spec.replicas > 0) {
      const had = `${HAD}=${spec.replicas}`;
      await this.cluster.kubectl(["annotate", "--overwrite", "statefulset", name, had]);
      await this.cluster.kubectl(["scale", "statefulset", name, "--replicas=0"]);
    }
    await this.cluster.until(
      `${name} is gone (a pod that stays "Terminating" is on a node that does not answer: when that is off for certain, operate lost-node says how to go on)`,
      360,
      () => this.stopped(stream),
    );
  }

  async start(stream: Stream): Promise<void> {
    const { metadata } = await this.set(stream);
    const count = metadata.annotations?.[HAD] ?? "1";
    await this.cluster.kubectl(["scale", "statefulset", metadata.name, `--replicas=${count}`]);
  }

  /** Whether clients are led to it, and pods that start know it as the one that takes writes. */
  async leads(stream: Stream): Promise<boolean> {
    const service = await this.cluster.get("service", `${this.release}-rw`);
    const led = service?.spec.selector["mcp-mesh.dev/stream"] === stream;
    return led && (await this.writer()) === this.podOf(stream);
  }

  async lead(stream: Stream): Promise<void> {
    const roles = JSON.stringify({ data: { writer: this.podOf(stream) } });
    const selector = JSON.stringify({ spec: { selector: { "mcp-mesh.dev/stream": stream } } });
    await this.cluster.kubectl(["patch", "configmap", `${this.release}-roles`, "-p", roles]);
    await this.cluster.kubectl(["patch", "service", `${this.release}-rw`, "-p", selector]);
  }

  /**
   * Whether the last that a standby has of the log is the end of a server that was stopped in order:
   * nothing was written after it. pg_waldump reads on from the last checkpoint.
   */
  async hasAll(pod: string): Promise<boolean> {
    await this.cluster.sql(pod, "CHECKPOINT");
    const from = "SELECT timeline_id || ' ' || redo_lsn FROM pg_control_checkpoint()";
    const [timeline = "", lsn = ""] = (await this.cluster.sql(pod, from)).split(" ");
    const script = `pg_waldump -p "$PGDATA/pg_wal" -t ${timeline} -s ${lsn} 2>/dev/null | tail -n 1`;
    return /CHECKPOINT_SHUTDOWN/.test(
      await this.cluster.exec(pod, "postgres", ["sh", "-c", script]),
    );
  }
}

/** What was given as a stream; throws if it is none. */
export function streamOf(text: string | undefined): Stream {
  if (text === "main" || text === "standby") return text;
  throw new UserError(`--to: found ${text}; write main or standby.`);
}
