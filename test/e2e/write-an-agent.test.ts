import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { clusterSpec } from "#local/cluster/spec";
import { freePorts } from "#test/contract/agent-support";
import { type Block, blocksOf, Reader } from "#test/support/document";
import { getObjects, removeNamespace, testTarget } from "#test/support/kubectl";

const namespace = "mesh-author";

/** What a reader has from `npm run up` already, but only as much of it as the page speaks of. */
function shrink(dir: string): void {
  const agents = join(dir, "agents");
  for (const file of readdirSync(agents)) {
    if (file.endsWith(".yaml") && file !== "clock.yaml") rmSync(join(agents, file));
  }
  rmSync(join(agents, "bases/chain.yaml"));
  const file = join(dir, "Pulumi.dev.yaml");
  const stack = parse(readFileSync(file, "utf8"));
  for (const key of ["dashboard", "monitoring"]) delete stack.config[`mcp-mesh:${key}`];
  stack.config["mcp-mesh:namespace"] = namespace;
  stack.config["mcp-mesh:agents"] = { clock: { replicas: 1 } };
  writeFileSync(file, stringify(stack));
}

describe("docs/write-an-agent.md, on a real cluster", function () {
  this.timeout(900_000);
  let reader: Reader | undefined;

  before(function () {
    if (testTarget()) return;
    console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
    this.skip();
  });
  after(async () => {
    await reader?.leave();
    if (testTarget()) await removeNamespace(namespace);
  });

  it("leads to an agent that is deployed, and then to one that calls another", async () => {
    const { kubeconfig } = testTarget() ?? assert.fail();
    const { registry } = clusterSpec(basename(dirname(kubeconfig)));
    const [port] = await freePorts(1);
    const author = new Reader({
      ...process.env,
      PORT: String(port),
      KUBECONFIG: kubeconfig,
      PULUMI_BACKEND_URL: "file://.",
      PULUMI_CONFIG_PASSPHRASE: "test",
    });
    reader = author;
    shrink(author.dir);
    const here = (block: Block): Block => ({
      ...block,
      text: block.text
        .replaceAll(":8080", `:${port}`)
        .replaceAll("--port 8080", `--port ${port}`)
        .replaceAll("npm run images", `npm run images -- --registry ${registry}`),
    });
    for (const block of blocksOf("docs/write-an-agent.md")) await author.follow(here(block));

    const agents = await getObjects(
      "-n",
      namespace,
      "deployments",
      "-l",
      "app.kubernetes.io/name=hello",
    );
    assert.equal(agents.length, 1);
    rmSync(join(author.dir, "examples/hello"), { recursive: true });
    rmSync(join(author.dir, "agents/hello.yaml"));
    const leave = { language: "sh", words: [], text: "npm run pulumi -- up --yes -s dev" };
    await author.follow(leave);
    assert.deepEqual(
      await getObjects("-n", namespace, "deployments", "-l", "app.kubernetes.io/name=hello"),
      [],
    );
  });
});
