import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { projectRoot } from "#local/setup/environment";
import { isHook, type Rendered, render } from "#test/support/charts";
import { registered } from "#test/support/mocks";
import { stackSources } from "#test/support/stack-sources";

const known = new Map<string, Promise<Rendered[]>>();

/** Every Kubernetes object of a stack, charts rendered: the program runs as it is, once a stack. */
export async function objectsOf(stack: string): Promise<Rendered[]> {
  const objects = known.get(stack) ?? run(stack);
  known.set(stack, objects);
  return structuredClone(await objects);
}

async function run(stack: string): Promise<Rendered[]> {
  const { project, settings } = stackSources(stack);
  const entries = Object.entries(settings).map(([key, value]) => [`${project}:${key}`, value]);
  const resources = await registered(async () => {
    pulumi.runtime.setAllConfig(Object.fromEntries(entries));
    // The query makes it another module each time: the program runs when it is imported.
    await import(`${pathToFileURL(join(projectRoot, "index.ts"))}?stack=${stack}`);
  }, stack);
  const objects: Rendered[] = [];
  for (const { type, inputs } of resources) {
    if (type === "kubernetes:helm.sh/v4:Chart") {
      const { chart, name, namespace, values } = inputs as Record<string, string>;
      const release = `${name}`;
      const rendered = await render(
        `${chart}`.replace("./charts/", ""),
        release,
        values,
        namespace,
      );
      // Pulumi leaves hooks out.
      objects.push(...rendered.filter((object) => !isHook(object)));
    } else if (type.startsWith("kubernetes:")) {
      objects.push(inputs as unknown as Rendered);
    }
  }
  return objects;
}
