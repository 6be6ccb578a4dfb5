import { messageOf, UserError } from "#local/engine/errors";
import type { Provider } from "#local/engine/provider";
import type { Resource } from "#local/engine/state";
import type { Props } from "#local/engine/value";
import { toWire } from "#local/engine/wire";

/** Makes a provider for one package, loading its code only then. */
export type ProviderFactories = Readonly<Record<string, () => Promise<Provider>>>;

/** The running providers, one for each package and configuration. */
export class ProviderRegistry {
  private readonly factories: ProviderFactories;
  private readonly running = new Map<string, Promise<Provider>>();

  constructor(factories: ProviderFactories) {
    this.factories = factories;
  }

  /** Loads the providers' code, so that it is there when the program first asks for one. */
  warm(): void {
    for (const load of Object.values(this.factories)) load().catch(() => undefined);
  }

  /** Whether the engine has a provider for this package. */
  has(name: string): boolean {
    return Object.hasOwn(this.factories, name);
  }

  /** The provider of a package, configured with what a provider resource says. */
  open(name: string, inputs: Props): Promise<Provider> {
    const { version: _version, __internal, ...config } = inputs;
    const key = `${name} ${JSON.stringify(toWire(config))}`;
    let provider = this.running.get(key);
    if (provider === undefined) {
      provider = this.start(name, config);
      provider.catch(() => undefined);
      this.running.set(key, provider);
    }
    return provider;
  }

  /** The provider that a provider resource of the state stands for. */
  openResource(resource: Resource): Promise<Provider> {
    return this.open(packageOfProvider(resource.type), resource.inputs);
  }

  async close(): Promise<void> {
    const all = await Promise.allSettled(this.running.values());
    for (const result of all) if (result.status === "fulfilled") result.value.close?.();
  }

  private async start(name: string, config: Props): Promise<Provider> {
    const factory = this.factories[name];
    if (factory === undefined) {
      const known = Object.keys(this.factories).sort().join(", ");
      throw new UserError(
        `the local engine has no provider for package '${name}' (it has ${known}); use the Pulumi CLI`,
      );
    }
    const provider = await factory();
    try {
      await provider.configure(config);
    } catch (error) {
      throw new UserError(`the ${name} provider can't be configured: ${messageOf(error)}`);
    }
    return provider;
  }
}

/** The package of a resource type, such as `kubernetes` in `kubernetes:core/v1:Pod`. */
export const packageOf = (type: string): string => type.split(":")[0] ?? "";
/** The package that a provider resource's type stands for. */
export const packageOfProvider = (type: string): string => type.slice("pulumi:providers:".length);
