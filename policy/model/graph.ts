import type { ObjectMeta } from "#model/kubernetes";
import { type Pod, podOf } from "#model/pod";
import { nameOf, type Subject } from "#model/subject";

/** All objects of a stack, as stack-wide rules look them up. Patches are not objects of their own. */
export class Graph {
  readonly subjects: readonly Subject[];
  private readonly byKind: Map<string, Subject[]>;
  private allPods: readonly Pod[] | undefined;

  constructor(subjects: readonly Subject[]) {
    this.subjects = subjects.filter(({ patch }) => !patch);
    this.byKind = Map.groupBy(this.subjects, ({ groupKind }) => groupKind);
  }

  /** The objects of these groups and kinds: `of("apps/Deployment", "Service")`. */
  of(...groupKinds: string[]): readonly Subject[] {
    return groupKinds.flatMap((groupKind) => this.byKind.get(groupKind) ?? []);
  }

  /** The object of that name; the namespace is "" for kinds that have none. */
  find(groupKind: string, namespace: string, name: string): Subject | undefined {
    return this.of(groupKind).find((subject) => {
      const own = nameOf(subject);
      return own.name === name && own.namespace === namespace;
    });
  }

  /** The pods of all workloads, in the order of the objects. */
  get pods(): readonly Pod[] {
    this.allPods ??= this.subjects
      .filter(({ kind }) => kind !== "PodTemplate")
      .map(podOf)
      .filter((pod) => pod !== undefined);
    return this.allPods;
  }

  /** The pods in the namespace whose labels satisfy the test. */
  podsWith(namespace: string, test: (labels: Record<string, string>) => boolean): readonly Pod[] {
    return this.pods.filter(
      (pod) => nameOf(pod.subject).namespace === namespace && test(labelsOf(pod.metadata)),
    );
  }
}

export function labelsOf(metadata: ObjectMeta | undefined | null): Record<string, string> {
  return metadata?.labels ?? {};
}
