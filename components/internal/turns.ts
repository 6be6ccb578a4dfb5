import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { accepted, type Generations, turn } from "#components/internal/generations";
import { houseMetadata, recommendedLabels } from "#components/internal/house";
import { type PasswordPlace, RANDOM } from "#components/internal/password";

/** On what belongs to one generation of a secret. */
export const GENERATION = "mcp-mesh.io/generation";

/** The generation that a password's or a Secret's inputs name; undefined for what takes no turns. */
export function generationOf(inputs: pulumi.Inputs): string | undefined {
  return inputs.keepers?.generation ?? inputs.metadata?.annotations?.[GENERATION];
}

/** Named by its number, so that no step of a rotation makes one anew that is in use. */
const password = (parent: pulumi.Resource, name: string, generation: number) =>
  new random.RandomPassword(
    `${name}-${generation}`,
    { ...RANDOM, keepers: { generation: String(generation) } },
    { parent },
  ).result;

const metadataOf = (
  name: string,
  { namespace, component, global }: PasswordPlace,
  annotations: Record<string, string>,
) => {
  const labels = recommendedLabels(name, component);
  return { name, namespace, ...houseMetadata(global, { labels, annotations }) };
};

/** A Secret with a password for each generation: as there are two at most, they take turns. */
export function makeTurns(
  parent: pulumi.Resource,
  name: string,
  generations: Generations,
  place: PasswordPlace,
): k8s.core.v1.Secret[] {
  return accepted(generations).map((generation) => {
    const secret = `${name}-${turn(generation)}`;
    const metadata = metadataOf(secret, place, { [GENERATION]: String(generation) });
    const stringData = { password: password(parent, name, generation) };
    return new k8s.core.v1.Secret(secret, { metadata, stringData }, { parent });
  });
}

/** One Secret with the keys of all generations, one a line, the one in use first. */
export function makeKeys(
  parent: pulumi.Resource,
  name: string,
  generations: Generations,
  place: PasswordPlace,
): k8s.core.v1.Secret {
  const numbers = accepted(generations);
  const keys = pulumi.all(numbers.map((generation) => password(parent, name, generation)));
  const metadata = metadataOf(name, place, { [GENERATION]: numbers.join(",") });
  const stringData = { keys: keys.apply((lines) => lines.join("\n")) };
  return new k8s.core.v1.Secret(name, { metadata, stringData }, { parent });
}
