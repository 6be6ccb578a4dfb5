import { diffInputs } from "#local/engine/plan";
import { NotReadyError, type Provider } from "#local/engine/provider";
import { isProps, type Props, reveal, UNKNOWN } from "#local/engine/value";

/** The objects of a pretended cluster, and what was done to them. */
export class World {
  readonly objects = new Map<string, Props>();
  readonly log: string[] = [];
  /** Called before and after every change; a test may throw or never return. */
  onChange: (what: string) => Promise<void> = async () => undefined;
  private count = 0;

  nextId(): string {
    this.count += 1;
    return `auto-${this.count}`;
  }

  async change(what: string, apply: () => void): Promise<void> {
    await this.onChange(`before ${what}`);
    apply();
    this.log.push(what);
    await this.onChange(`after ${what}`);
  }
}

/**
 * A provider for `fake:index:Thing`. `name` is the object's name (automatic if left out) and, like
 * `fixed`, can't be changed in place; `broken` makes an object that never gets ready; `tag` may be
 * anything.
 */
export function fakeProvider(world: World): Provider {
  return {
    configure: async () => undefined,
    check: async ({ olds, news, name, seed }) => {
      const inputs = { ...news };
      if (inputs.name === undefined) {
        inputs.auto = true;
        inputs.name = olds?.auto ? (olds.name ?? "") : `${name}-${seed.toString("hex", 0, 4)}`;
      }
      const failures = inputs.invalid ? [{ property: "invalid", reason: "must not be set" }] : [];
      return { inputs, failures };
    },
    diff: async ({ oldInputs, newInputs }) => {
      const diff = diffInputs(oldInputs, newInputs);
      const keys = Object.keys(diff.detailed).filter((key) => /^(name|fixed)\b/.test(key));
      const named = newInputs.auto !== true && newInputs.name === oldInputs.name;
      return { ...diff, replaceKeys: keys, deleteBeforeReplace: named };
    },
    create: async ({ inputs, preview }) => {
      if (preview) return { id: "", outputs: { ...inputs, serial: UNKNOWN } };
      const id = String(reveal(inputs.name ?? ""));
      const outputs = { ...inputs, serial: world.nextId() };
      if (world.objects.has(id)) throw new Error(`${id} already exists`);
      await world.change(`create ${id}`, () => world.objects.set(id, reveal(outputs) as Props));
      if (inputs.broken) throw new NotReadyError(`${id} never got ready`, id, outputs, ["broken"]);
      return { id, outputs };
    },
    update: async ({ id, newInputs, oldOutputs, preview }) => {
      const outputs = { ...newInputs, serial: oldOutputs.serial ?? null };
      if (!preview) {
        await world.change(`update ${id}`, () => world.objects.set(id, reveal(outputs) as Props));
      }
      if (newInputs.broken) throw new NotReadyError(`${id} broke`, id, outputs, ["broken"]);
      return { outputs };
    },
    delete: async ({ id }) => world.change(`delete ${id}`, () => world.objects.delete(id)),
    read: async ({ id }) => live(world, id),
    live: async ({ id, inputs, outputs }) => {
      const object = world.objects.get(id);
      if (object === undefined) return undefined;
      const { serial, ...now } = object;
      const drifted = diffInputs(reveal(inputs) as Props, now).changes;
      return drifted
        ? { id, inputs: now, outputs: object, initErrors: [] }
        : { id, inputs, outputs, initErrors: [] };
    },
    find: async ({ inputs }) => live(world, String(inputs.name)),
    construct: async ({ name, args }) =>
      Object.entries(isProps(args) ? args : {}).map(([child, inputs]) => ({
        type: "fake:index:Thing",
        name: `${name}:${child}`,
        inputs: inputs as Props,
        dependsOn: [],
        retainOnDelete: false,
      })),
  };
}

function live(world: World, id: string) {
  const object = world.objects.get(id);
  if (object === undefined) return undefined;
  const { serial, ...inputs } = object;
  return { id, inputs, outputs: object, initErrors: [] };
}
