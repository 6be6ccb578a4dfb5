import { checkIntegrity, timestamp } from "#local/engine/checkpoint";
import {
  type PendingOperation,
  parseReference,
  type Resource,
  type Snapshot,
} from "#local/engine/state";

/**
 * The state of a stack while an operation changes it. Every change is saved before the caller goes
 * on; changes that arrive while a save runs share the next one. Without `store` (a preview)
 * nothing is written.
 */
export class LiveSnapshot {
  /** What was there before and was not visited yet, in its old order. */
  private before: Resource[];
  /** What this operation has finished with, in order of completion. */
  private after: Resource[] = [];
  private readonly operations = new Set<PendingOperation>();
  private readonly metadata: object;
  private readonly store: ((snapshot: Snapshot) => Promise<void>) | undefined;
  private saving: Promise<void> = Promise.resolve();
  private queued: Promise<void> | undefined;

  constructor(start: Snapshot, store?: (snapshot: Snapshot) => Promise<void>) {
    this.before = [...start.resources];
    for (const operation of start.pending) this.operations.add(operation);
    this.metadata = start.metadata;
    this.store = store;
  }

  get current(): Snapshot {
    return {
      resources: [...this.after, ...this.before],
      pending: [...this.operations],
      metadata: this.metadata,
    };
  }

  /** What was begun, here or by an earlier run, with the resource of this URN. */
  pendingOf(urn: string): PendingOperation | undefined {
    for (const operation of this.operations) if (operation.resource.urn === urn) return operation;
    return undefined;
  }

  /** The resources that this operation has not visited. */
  get unvisited(): readonly Resource[] {
    return this.before;
  }

  /** The resources that this operation has visited. */
  get visited(): readonly Resource[] {
    return this.after;
  }

  /** Notes, before it begins, that an operation is about to happen. */
  async begin(operation: PendingOperation): Promise<void> {
    this.settle(operation.resource.urn);
    this.operations.add(operation);
    await this.save();
  }

  /** Notes that an operation ended, and what it changed. */
  async end(operation: PendingOperation | undefined, change: () => void): Promise<void> {
    if (operation !== undefined) this.operations.delete(operation);
    change();
    await this.save();
  }

  /** Forgets what an earlier run left unfinished with a resource. */
  settle(urn: string): void {
    for (const operation of this.operations) {
      if (operation.resource.urn === urn) this.operations.delete(operation);
    }
  }

  /** `resource` is finished, in place of `old` (which may be itself under another URN). */
  finish(old: Resource | undefined, resource: Resource): void {
    if (old !== undefined) this.remove(old);
    this.settle(resource.urn);
    this.after.push(resource);
  }

  /** Puts `next` where `old` stands. */
  swap(old: Resource, next: Resource): void {
    this.before = this.before.map((resource) => (resource === old ? next : resource));
    this.after = this.after.map((resource) => (resource === old ? next : resource));
  }

  remove(old: Resource): void {
    const list = this.before.includes(old) ? this.before : this.after;
    const at = list.indexOf(old);
    if (at >= 0) list.splice(at, 1);
  }

  /** Adds a resource that was found to exist, behind everything that was there before. */
  adopt(resource: Resource): void {
    this.before.push(resource);
  }

  /** Calls the resource `from` by its new URN, there and wherever it is named. */
  rename(from: string, to: string): void {
    const change = (urn: string) => (urn === from ? to : urn);
    this.before = this.before.map((resource) =>
      JSON.stringify(namesOf(resource)).includes(from) ? renamed(resource, change) : resource,
    );
    for (const operation of this.operations) {
      if (operation.resource.urn !== from) continue;
      this.operations.delete(operation);
      this.operations.add({ ...operation, resource: renamed(operation.resource, change) });
    }
  }

  /** Writes the state as it is now, even if nothing changed. */
  save(): Promise<void> {
    const { store } = this;
    if (store === undefined) return Promise.resolve();
    this.queued ??= this.saving.then(() => {
      this.queued = undefined;
      const snapshot = this.current;
      checkIntegrity(snapshot.resources);
      this.saving = store(snapshot);
      return this.saving;
    });
    return this.queued;
  }
}

const namesOf = (r: Resource) => [
  r.urn,
  r.parent,
  r.provider,
  r.dependencies,
  r.propertyDependencies,
  r.deletedWith,
];

function renamed(resource: Resource, change: (urn: string) => string): Resource {
  const { parent, provider, deletedWith, propertyDependencies } = resource;
  const reference = provider === undefined ? undefined : parseReference(provider);
  return {
    ...resource,
    urn: change(resource.urn),
    ...(parent && { parent: change(parent) }),
    ...(deletedWith && { deletedWith: change(deletedWith) }),
    ...(reference && { provider: `${change(reference.urn)}::${reference.id}` }),
    dependencies: resource.dependencies.map(change),
    propertyDependencies: Object.fromEntries(
      Object.entries(propertyDependencies).map(([key, urns]) => [key, urns.map(change)]),
    ),
  };
}

/** A resource that was changed just now. */
export const touched = (resource: Resource, created?: string): Resource => {
  const now = timestamp();
  return { ...resource, created: created ?? now, modified: now };
};
