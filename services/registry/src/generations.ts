import { type Agent, buildMesh, type Mesh, resolveAll } from "./resolve.ts";

export interface Generation {
  number: number;
  mesh: Mesh;
  /** How many of the agents' dependencies lead to somebody. */
  dependencies(): Record<"resolved" | "unresolved", number>;
}

/** What these agents form; dependencies are counted once, when somebody asks. */
export function generationOf(number: number, agents: readonly Agent[]): Generation {
  const mesh = buildMesh(agents);
  let counts: ReturnType<Generation["dependencies"]> | undefined;
  const count = () => {
    const all = agents.flatMap((agent) => resolveAll(mesh, agent));
    const resolved = all.filter(({ found }) => found).length;
    return { resolved, unresolved: all.length - resolved };
  };
  return {
    number,
    mesh,
    dependencies: () => {
      counts ??= count();
      return counts;
    },
  };
}

/**
 * The mesh of at least a given generation. One is kept between requests, and is never more than
 * that: every caller has just learned the current generation from the database. Numbers run
 * backwards when the database is restored from a backup, hence the test for equality.
 */
export class Generations {
  readonly #read: () => Promise<Generation>;
  #current: Generation | undefined;
  #loading: Promise<Generation> | undefined;

  constructor(read: () => Promise<Generation>) {
    this.#read = read;
  }

  async at(number: number): Promise<Generation> {
    if (this.#current?.number === number) return this.#current;
    const loaded = await this.#load();
    // The first answer may be of a query that was under way before the generation changed.
    return loaded.number < number ? this.#load() : loaded;
  }

  #load(): Promise<Generation> {
    this.#loading ??= this.#read()
      .then((generation) => {
        this.#current = generation;
        return generation;
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }
}
