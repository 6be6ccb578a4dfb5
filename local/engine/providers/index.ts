import type { ProviderFactories } from "#local/engine/registry";

/** The providers that the engine has, each loaded when a program first uses it. */
export const builtIn: ProviderFactories = {
  kubernetes: async () =>
    (await import("#local/engine/providers/kubernetes/index")).createKubernetesProvider(),
  random: async () => (await import("#local/engine/providers/random")).createRandomProvider(),
  tls: async () => (await import("#local/engine/providers/tls")).createTlsProvider(),
  // What reads other stacks; it has no resources of its own.
  pulumi: async () => (await import("#local/engine/providers/random")).createRandomProvider(),
};
