import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Backend } from "#test/regions/backend";
import type { Outcome } from "#test/support/project";

const addresses = { eu: "192.0.2.1", us: "us.example.com" };
type Name = keyof typeof addresses;
const other = { eu: "us", us: "eu" } as const;
const stackOf = (name: Name) => `organization/mesh/${name}`;

describe("a failover between two regions", function () {
  this.timeout(600_000);
  this.bail(true);
  let backend: Backend;

  before(async () => {
    backend = new Backend();
    for (const name of ["eu", "us"] as const) await backend.pulumi("mesh", "stack", "init", name);
    await backend.pulumi("regions", "stack", "init", "test");
  });
  after(() => backend.remove());

  /** Brings a region up in a role; its stack's other settings break it, if any. */
  const up = (name: Name, role: string, epoch: number, settings = { "mesh:bytes": 4 }) => {
    const peers = { [other[name]]: { stack: stackOf(other[name]) } };
    const region = { name, role, epoch, address: addresses[name], peers };
    backend.set("mesh", name, { "mesh:region": region, ...settings });
    return backend.pulumi("mesh", "up", "--yes", "--skip-preview", "-s", name);
  };
  const announced = (name: Name) => {
    const file = join(backend.dir, "state/.pulumi/stacks/mesh", `${name}.json`);
    const { resources } = JSON.parse(readFileSync(file, "utf8")).checkpoint.latest;
    const stack = resources.find(({ type }: { type: string }) => type === "pulumi:pulumi:Stack");
    return [stack.outputs.region.role, stack.outputs.region.epoch];
  };
  const lead = (writer: Name) => {
    const regions = { eu: { stack: stackOf("eu") }, us: { stack: stackOf("us") } };
    const prefix = "mcp-mesh-regions";
    backend.set("regions", "test", {
      [`${prefix}:host`]: "mesh.example.com",
      [`${prefix}:writer`]: writer,
      [`${prefix}:regions`]: regions,
    });
    return backend.pulumi("regions", "preview", "--diff", "-s", "test");
  };
  const done = ({ code, text }: Outcome) => assert.equal(code, 0, text);
  const refused = ({ code, text }: Outcome, reason: RegExp) => {
    assert.notEqual(code, 0);
    assert.match(text, reason);
    assert.doesNotMatch(text, /\n\s+at /);
  };

  it("starts with the standby: before it, nobody is the writer", async () => {
    refused(await up("eu", "writer", 1), /region us has announced nothing/);
    done(await up("us", "standby", 1));
    done(await up("eu", "writer", 1));
    const led = await lead("eu");
    done(led);
    assert.match(led.stdout, /DNSEndpoint/);
    assert.match(led.stdout, /192\.0\.2\.1/);
  });

  it("refuses each step while the one before it is not to be seen", async () => {
    refused(await up("us", "writer", 2), /region eu is the writer of epoch 1/);
    refused(await lead("us"), /region us is not the writer: region eu is the writer/);
    assert.deepEqual(announced("us"), ["standby", 1]);
  });

  it("does not believe in a fence that broke off", async () => {
    assert.notEqual((await up("eu", "standby", 2, { "mesh:bytes": -1 })).code, 0);
    assert.deepEqual(announced("eu"), ["writer", 1]);
    refused(await up("us", "writer", 2), /region eu is the writer of epoch 1/);
  });

  it("fences, promotes, and then leads the public name over", async () => {
    done(await up("eu", "standby", 2));
    refused(await lead("us"), /no region is a writer/);
    done(await up("us", "writer", 2));
    assert.deepEqual(announced("us"), ["writer", 2]);
    const led = await lead("us");
    done(led);
    assert.match(led.stdout, /us\.example\.com/);
    assert.doesNotMatch(led.stdout, /192\.0\.2\.1/);
  });

  it("keeps the old writer out afterwards, and takes a region back as a standby", async () => {
    refused(await up("eu", "writer", 2), /can't become its writer/);
    refused(await up("eu", "writer", 3), /region us is the writer of epoch 2/);
    done(await up("eu", "standby", 2));
    refused(await up("eu", "standby", 1), /epoch 1 is over/);
  });

  it("changes nothing when a step is done twice", async () => {
    done(await up("us", "writer", 2));
    done(await backend.pulumi("mesh", "preview", "--expect-no-changes", "-s", "us"));
  });
});
