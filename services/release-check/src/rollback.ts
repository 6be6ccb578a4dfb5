import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesApi } from "./api.ts";
import { checkUntil } from "./check.ts";
import {
  currentOf,
  type Deployment,
  hashOf,
  isRolledOut,
  ownedBy,
  type ReplicaSet,
  reapplied,
  type Template,
} from "./deployment.ts";
import type { Target } from "./targets.ts";

const OWN = "release-check.mcp-mesh.dev";
/** On a Deployment, by this check: the template that was proven last, and how. */
const PROVEN = `${OWN}/proven`;
/** On a Deployment, as who deploys it: the template that was undone; his next change takes it away. */
const UNDONE = `${OWN}/undone`;
const POLL_MS = 250;

interface Proof {
  template: string;
  check: Pick<Target, "tool" | "arguments" | "expect">;
}

/**
 * Takes agents back to what was proven last. What it needs to know stands on their Deployments: no
 * check remembers anything by itself.
 */
export class Rollback {
  private readonly api: KubernetesApi;

  constructor(api: KubernetesApi) {
    this.api = api;
  }

  /**
   * Applies again what an earlier check undid, where nobody has deployed since: who deploys without
   * looking at the cluster would take the old version for the new one. Waits until it runs.
   */
  async redo({ name }: Target, deadline: number): Promise<void> {
    const { live, sets } = await this.read(name);
    const undone = live.metadata.annotations?.[UNDONE];
    if (undone === undefined) return;
    const set = sets.find((one) => hashOf(one) === undone);
    if (!set) {
      throw new Error(
        "its new version was undone earlier and is gone since; deploy with --refresh to apply it again",
      );
    }
    await this.change(live, set.spec.template, { [UNDONE]: undefined });
    if (!(await this.settles(name, deadline))) {
      throw new Error("its new version was undone earlier, and its pods are not ready now either");
    }
  }

  /** Notes that an agent's present template answered its proof. */
  async remember({ name, tool, arguments: given, expect }: Target): Promise<void> {
    const { live, sets } = await this.read(name);
    const current = currentOf(live, sets);
    if (!current) throw new Error(`no ReplicaSet has the template of the Deployment ${name}`);
    const proof: Proof = {
      template: hashOf(current),
      check: { tool, arguments: given, expect },
    };
    await this.api.apply(`deployments/${name}`, "release-check", {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, annotations: { [PROVEN]: JSON.stringify(proof) } },
    });
  }

  /**
   * Gives an agent the template that was proven last, waits until it answers the proof of that time,
   * and says what came of it. What has not changed since is left alone: the fault is elsewhere.
   */
  async undo(target: Target, milliseconds: number): Promise<string> {
    const { name } = target;
    const { live, sets } = await this.read(name);
    const current = currentOf(live, sets);
    const proof = live.metadata.annotations?.[PROVEN];
    if (proof === undefined || !current) {
      return `${name} stays as it is: no earlier version of it was ever proven`;
    }
    const { template, check } = JSON.parse(proof) as Proof;
    if (template === hashOf(current)) {
      return `${name} stays as it is: this is the version that was proven last, and not new`;
    }
    const before = sets.find((one) => hashOf(one) === template);
    if (!before) return `${name} stays as it is: the version that was proven last is gone`;
    const started = Date.now();
    const deadline = started + milliseconds;
    await this.change(live, before.spec.template, { [UNDONE]: hashOf(current) });
    const seconds = () => ((Date.now() - started) / 1000).toFixed(1);
    const back = `${name} is back at the version that was proven last (${before.metadata.name})`;
    if (!(await this.settles(name, deadline))) {
      return `${back}, but not all of its pods are ready after ${seconds()} s`;
    }
    const { ok, reason } = await checkUntil({ ...target, ...check }, deadline);
    return ok
      ? `${back} and answers its proof again, after ${seconds()} s`
      : `${back}, but that one fails its proof now, too: ${reason}`;
  }

  private async read(name: string): Promise<{ live: Deployment; sets: ReplicaSet[] }> {
    const [live, { items }] = await Promise.all([
      this.api.get<Deployment>(`deployments/${name}`),
      this.api.get<{ items: ReplicaSet[] }>("replicasets"),
    ]);
    return { live, sets: ownedBy(live, items) };
  }

  private async change(
    live: Deployment,
    template: Template,
    annotations: Record<string, string | undefined>,
  ): Promise<void> {
    const next = reapplied(live, template, annotations);
    if (!next) {
      throw new Error(
        `nobody applied the Deployment ${live.metadata.name} on the server, as Pulumi and Helm 4 do`,
      );
    }
    await this.api.apply(`deployments/${live.metadata.name}`, next.manager, next.object);
  }

  private async settles(name: string, deadline: number): Promise<boolean> {
    for (;;) {
      if (isRolledOut(await this.api.get<Deployment>(`deployments/${name}`))) return true;
      if (Date.now() + POLL_MS > deadline) return false;
      await sleep(POLL_MS);
    }
  }
}
