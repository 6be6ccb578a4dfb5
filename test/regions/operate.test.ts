import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { failover } from "#operate/failover";
import { follow } from "#operate/procedure";
import { StackFile } from "#operate/stack-file";
import { Backend } from "#test/regions/backend";

const addresses = { eu: "192.0.2.1", us: "us.example.com" };
type Name = keyof typeof addresses;
const other = { eu: "us", us: "eu" } as const;
const stackOf = (name: Name) => `organization/mesh/${name}`;

/** What the last step ends with here, where the public name's record has no cluster to go to. */
const NO_CLUSTER = /Kubernetes cluster is unreachable/;

describe("operate failover-region", function () {
  this.timeout(600_000);
  this.bail(true);
  let backend: Backend;
  let said: string[] = [];
  const before_ = { ...process.env };

  before(async () => {
    backend = new Backend();
    Object.assign(process.env, backend.env);
    for (const name of ["us", "eu"] as const) {
      const peers = { [other[name]]: { stack: stackOf(other[name]) } };
      const role = name === "eu" ? "writer" : "standby";
      const region = { name, role, epoch: 1, address: addresses[name], peers };
      backend.set("mesh", name, { "mesh:region": region, "mesh:bytes": 4 });
      await backend.pulumi("mesh", "stack", "init", name);
      const { code, text } = await backend.pulumi(
        "mesh",
        "up",
        "--yes",
        "--skip-preview",
        "-s",
        name,
      );
      assert.equal(code, 0, text);
    }
    await backend.pulumi("regions", "stack", "init", "test");
    backend.set("regions", "test", {
      "mcp-mesh-regions:host": "mesh.example.com",
      "mcp-mesh-regions:writer": "eu",
      "mcp-mesh-regions:regions": { eu: { stack: stackOf("eu") }, us: { stack: stackOf("us") } },
    });
  });
  after(() => {
    process.env = before_;
    backend.remove();
  });

  const file = (name: string) => new StackFile(join(backend.dir, "mesh"), name);
  const run = (to: Name, lost: string[] = []) => {
    said = [];
    const procedure = failover({
      to: file(to),
      stackOf: (reference) => file(reference.split("/").at(-1) ?? ""),
      global: new StackFile(join(backend.dir, "regions"), "test"),
      lost,
    });
    return follow(procedure, (line) => void said.push(line));
  };
  const region = async (name: Name) => {
    const { role, epoch } = (await file(name).output("region")) as { role: string; epoch: number };
    return `${role} ${epoch}`;
  };
  const text = (path: string) => readFileSync(join(backend.dir, path), "utf8");

  it("fences the writer, promotes the other, and then leads the public name there", async () => {
    await assert.rejects(run("us"), NO_CLUSTER);
    assert.deepEqual([await region("eu"), await region("us")], ["standby 2", "writer 2"]);
    assert.match(text("regions/Pulumi.test.yaml"), /mcp-mesh-regions:writer: us/);
    const { code, stdout } = await backend.pulumi("regions", "preview", "--diff", "-s", "test");
    assert.equal(code, 0);
    assert.match(stdout, /us\.example\.com/);
  });

  it("goes on, when it was interrupted, where it stopped", async () => {
    await assert.rejects(run("us"), NO_CLUSTER);
    assert.match(
      said.join("\n"),
      /Fence eu.*: done already\n.*Promote us: done already\n3\/3 Lead/,
    );
  });

  it("promotes without a region that is lost, which it then calls so everywhere", async () => {
    await assert.rejects(run("eu", ["us"]), NO_CLUSTER);
    assert.deepEqual([await region("eu"), await region("us")], ["writer 3", "writer 2"]);
    assert.equal(file("eu").read("mesh:region", "peers", "us", "lost"), true);
    assert.match(text("regions/Pulumi.test.yaml"), /lost: true/);
  });

  it("takes the lost region back as a standby when it is the other's turn again", async () => {
    await assert.rejects(run("us"), NO_CLUSTER);
    assert.deepEqual([await region("eu"), await region("us")], ["standby 4", "writer 4"]);
    assert.match(said.join("\n"), /Fence eu/);
  });

  it("names what is wrong before it changes anything", () => {
    assert.throws(() => run("us", ["ap"]), /--lost: ap is no other region; there are eu/);
  });
});
