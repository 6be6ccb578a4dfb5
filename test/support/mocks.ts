import * as pulumi from "@pulumi/pulumi";

export interface Registered {
  type: string;
  name: string;
  /** What the program gave; secrets appear as plain values here. */
  inputs: Record<string, unknown>;
}

/**
 * Runs a program against mocks until everything that it registers is registered, and gives that in
 * order. Awaiting one output would miss its siblings.
 */
export async function registered(
  program: () => void | Promise<void>,
  stack = "test",
): Promise<Registered[]> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        const made = type.startsWith("random:") ? { result: "generated" } : {};
        return { id: `${name}-id`, state: { ...inputs, ...made } };
      },
      call: () => ({}),
    },
    "mcp-mesh",
    stack,
    false,
  );
  await pulumi.runtime.runInPulumiStack(async () => program());
  await pulumi.runtime.disconnect();
  return resources;
}

/** The one resource of this type and name; fails with what there is instead. */
export function one(resources: readonly Registered[], type: string, name: string): Registered {
  const found = resources.filter((resource) => resource.type === type && resource.name === name);
  if (found.length === 1 && found[0]) return found[0];
  const there = resources.map((resource) => `${resource.type} ${resource.name}`).join("\n");
  throw new Error(`${found.length} resources ${type} ${name} among\n${there}`);
}
