import type { ObjectMeta } from "#model/kubernetes";
import { type Pod, podOf } from "#model/pod";
import { nameOf, type Subject } from "#model/subject";

/** All objects of a stack, as stack-wide rules look them up. Patches are not objects of their own. */
export class Graph {
  readonly subjects: readonly Subject[];
  /** What patches say, for rules that hold whatever the rest of the object says. */
  readonly patches: readonly Subject[];
  private readonly byKind: Map<string, Subject[]>;
  private byName: Map<string, Subject> | undefined;
  private byKindAndNamespace: Map<string, Subject[]> | undefined;
  private allPods: readonly Pod[] | undefined;
  private byNamespace: Map<string, Pod[]> | undefined;

  constructor(subjects: readonly Subject[]) {
    this.subjects = subjects.filter(({ patch }) => !patch);
    this.patches = subjects.filter(({ patch }) => patch);
    this.byKind = Map.groupBy(this.subjects, ({ groupKind }) => groupKind);
  }

  /** The objects of these groups and kinds: `of("apps/Deployment", "Service")`. */
  of(...groupKinds: string[]): readonly Subject[] {
    return groupKinds.flatMap((groupKind) => this.byKind.get(groupKind) ?? []);
  }

  /** The objects of a kind in a namespace, `default` being where those without any land. */
  in(namespace: string, groupKind: string): readonly Subject[] {
    this.byKindAndNamespace ??= Map.groupBy(
      this.subjects,
      (subject) => `${subject.groupKind} ${namespaceOf(subject)}`,
    );
    return this.byKindAndNamespace.get(`${groupKind} ${namespace || "default"}`) ?? [];
  }

  /** The object of that name; the namespace is "" for kinds that have none. */
  find(groupKind: string, namespace: string, name: string): Subject | undefined {
    this.byName ??= new Map(
      this.subjects.map((subject) => {
        const own = nameOf(subject);
        return [keyOf(subject.groupKind, own.namespace, own.name), subject];
      }),
    );
    return this.byName.get(keyOf(groupKind, namespace, name));
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
    this.byNamespace ??= Map.groupBy(this.pods, (pod) => namespaceOf(pod.subject));
    const pods = this.byNamespace.get(namespace || "default") ?? [];
    return pods.filter((pod) => test(labelsOf(pod.metadata)));
  }
}

/** The namespace of an object that has one: an object without any lands in `default`. */
export function namespaceOf(subject: Subject): string {
  return nameOf(subject).namespace || "default";
}

function keyOf(groupKind: string, namespace: string, name: string) {
  return `${groupKind} ${namespace || "default"}/${name}`;
}

export function labelsOf(metadata: ObjectMeta | undefined | null): Record<string, string> {
  return metadata?.labels ?? {};
}
