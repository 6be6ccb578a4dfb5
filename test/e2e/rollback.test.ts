import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { type Heard, SteadyCaller } from "#test/e2e/support/steady-caller";
import { getObjects, type KubeObject, testTarget } from "#test/support/kubectl";
import { Project } from "#test/support/project";

const namespace = "mesh-rollback";
const up = ["up", "--yes", "--skip-preview", "-s", "dev"];

interface Deployment extends KubeObject {
  spec: {
    template: {
      spec: {
        containers: { image: string }[];
        volumes: { name: string; configMap?: { name: string } }[];
      };
    };
  };
}

/** The config map that the greeter's pods have. */
async function configOf(): Promise<{ config: string; image: string }> {
  const [found] = await getObjects<Deployment>("-n", namespace, "deployment/greeter");
  const { containers, volumes } = found!.spec.template.spec;
  const config = volumes.find(({ name }) => name === "config")?.configMap?.name ?? "";
  return { config, image: containers[0]!.image };
}

/** The greeter, what it needs, and nothing else, in a namespace of its own. */
function shrink(project: Project): void {
  const folder = join(project.dir, "agents");
  for (const file of readdirSync(folder, { recursive: true }) as string[]) {
    const kept = /^(everything|greeter|bases.small)\.yaml$/.test(file);
    if (file.endsWith(".yaml") && !kept) rmSync(join(folder, file));
  }
  project.edit("Pulumi.dev.yaml", (text) => {
    const stack = parse(text);
    const { config } = stack;
    for (const key of ["dashboard", "monitoring"]) delete config[`mcp-mesh:${key}`];
    config["mcp-mesh:namespace"] = namespace;
    config["mcp-mesh:agents"] = { greeter: { replicas: 1 } };
    config["mcp-mesh:releaseCheck"].timeoutSeconds = 30;
    return stringify(stack);
  });
}

describe("an agent's change that is ready and does not answer its proof", function () {
  this.timeout(400_000);
  let project: Project;
  let caller: SteadyCaller;
  let proven: string;

  before(async function () {
    const target = testTarget();
    if (!target) {
      console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
      return this.skip();
    }
    project = new Project(target.kubeconfig);
    shrink(project);
    const first = await project.pulumi(up);
    assert.equal(first.code, 0, first.text);
    proven = (await configOf()).config;
    assert.match(proven, /^greeter-0-1-0-[0-9a-f]{10}$/);
  });
  after(async () => {
    if (!project) return;
    await project.pulumi(["destroy", "--yes", "--skip-preview", "-s", "dev"]);
    project.remove();
  });

  it("changes nothing when nothing changed", async () => {
    const preview = await project.pulumi(["preview", "-s", "dev", "--expect-no-changes"]);
    assert.equal(preview.code, 0, preview.text);
  });

  it("is taken back, and fails the `up`, which says so", async () => {
    caller = await SteadyCaller.start(namespace, (await configOf()).image);
    project.edit("agents/greeter.yaml", (text) =>
      text.replace(/greeting: .*/, "greeting: Ahoy").replace(/expect: .*/, 'expect: "Good day"'),
    );
    const changed = await project.pulumi(up);
    assert.equal(changed.code, 1, changed.text);
    assert.match(changed.text, /The release check failed for greeter: .*Ahoy.*lacks "Good day"/);
    const [, seconds] =
      /greeter is back at the version that was proven last \(greeter-\w+\) and answers its proof again, after ([\d.]+) s/.exec(
        changed.text,
      ) ?? assert.fail(changed.text);
    console.log(`      the last proven version answered again after ${seconds} s`);
    assert.equal((await configOf()).config, proven);
    assert.match(Object.keys((await caller.later()).words).join(), /Hello.*Ahoy/);
  });

  it("is applied again by the next `up`, and taken back again while it fails", async () => {
    const preview = await project.pulumi(["preview", "-s", "dev"]);
    assert.match(preview.text, /Deployment.*greeter.*update/, preview.text);
    project.edit("Pulumi.dev.yaml", (text) =>
      text.replace("timeoutSeconds: 30", "timeoutSeconds: 15"),
    );
    const again = await project.pulumi(up);
    assert.equal(again.code, 1, again.text);
    assert.match(again.text, /greeter is back at the version that was proven last/);
    assert.equal((await configOf()).config, proven);
  });

  it("stays once it answers, and nothing of the old version does", async () => {
    project.edit("agents/greeter.yaml", (text) => text.replace(/expect: .*/, "expect: Ahoy"));
    const mended = await project.pulumi(up);
    assert.equal(mended.code, 0, mended.text);
    const { config } = await configOf();
    assert.notEqual(config, proven);
    const maps = await getObjects("-n", namespace, "configmaps");
    const own = maps.map((map) => map.metadata.name).filter((name) => name.startsWith("greeter-"));
    assert.deepEqual(own, [config]);
    const clean = await project.pulumi(["preview", "-s", "dev", "--expect-no-changes"]);
    assert.equal(clean.code, 0, clean.text);
  });

  it("costs its callers not one call", async () => {
    const { made, words, failed }: Heard = await caller.later();
    console.log(`      ${made} calls, ${JSON.stringify(words)}`);
    assert.deepEqual(failed, []);
  });
});
