import { agent } from "#config/charts/agent";
import { dashboard } from "#config/charts/dashboard";
import { foundation } from "#config/charts/foundation";
import { observability } from "#config/charts/observability";
import { postgres } from "#config/charts/postgres";
import { registry } from "#config/charts/registry";
import { prune } from "#config/generate/prune";
import { sourceNames, sourcesOf, sourceText } from "#config/sources";
import { resolveStack, type Stack } from "#config/stack";

/** The stacks whose values the umbrella chart brings along: those of the environments. */
const STACKS = ["dev", "staging", "prod"];

type Values = Record<string, unknown>;

/** What the umbrella chart takes for each environment, from the stack's own plan. */
export function environments(root: string): { stack: string; values: Values }[] {
  return STACKS.map((stack) => ({ stack, values: umbrellaValues(resolved(root, stack)) }));
}

function umbrellaValues({ namespace: _namespace, ...plan }: Stack): Values {
  const part = (name: string, values: Values, defaults: Values) => {
    const { global: _global, ...own } = values;
    return prune({ fullnameOverride: name, ...own }, defaults);
  };
  return {
    global: prune(plan.global, foundation.parse({}).global),
    features: {
      postgres: plan.postgres !== undefined,
      dashboard: plan.dashboard !== undefined,
      observability: plan.observability !== undefined,
    },
    foundation: part("foundation", plan.foundation, foundation.parse({})),
    ...(plan.postgres ? { postgres: part("postgres", plan.postgres, postgres.parse({})) } : {}),
    registry: part("registry", plan.registry, registry.parse({})),
    ...(plan.dashboard
      ? { dashboard: part("dashboard", plan.dashboard, dashboard.parse({})) }
      : {}),
    ...(plan.observability
      ? { observability: part("observability", plan.observability, observability.parse({})) }
      : {}),
    agents: Object.fromEntries(
      plan.agents.map(({ name, values }) => {
        const { global: _global, ...own } = values;
        return [name, prune(own, agent.parse({}))];
      }),
    ),
  };
}

/** A stack as its file says, its images by tag: digests are of a build, not of an environment. */
function resolved(root: string, stack: string): Stack {
  const files = sourceNames(root, stack).map((name) => ({ name, text: sourceText(root, name) }));
  return resolveStack(sourcesOf(files));
}
