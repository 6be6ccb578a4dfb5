import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import { type Announcement, type Region, region, registryEnv } from "#config/region";
import { loadRegions, recordOf } from "#regions/config";
import { plotCourse } from "#regions/course";
import { announce, takeTurn } from "#regions/stacks";

const eu = { name: "eu", role: "writer", epoch: 2, address: "192.0.2.1" } as const;
const us = { name: "us", role: "standby", epoch: 2, address: "us.example.com" } as const;
const part: Region = { ...eu, peers: { us: { stack: "organization/mesh/us", lost: false } } };

/** Runs a program where stacks have these outputs; gives what was registered, in order. */
async function running(
  outputs: Record<string, Record<string, unknown>>,
  program: () => unknown,
): Promise<{ names: string[]; result: unknown }> {
  const names: string[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: async ({ name, type, inputs }) => {
        // Whatever does not wait would be registered meanwhile.
        await new Promise((done) => setTimeout(done, name === "registry" ? 100 : 20));
        if (type !== "pulumi:pulumi:Stack") names.push(name);
        if (type !== "pulumi:pulumi:StackReference") return { id: name, state: inputs };
        return { id: name, state: { name, outputs: outputs[name] ?? {}, secretOutputNames: [] } };
      },
      call: () => ({}),
    },
    "mesh",
    "eu",
    false,
    "organization",
  );
  let result: unknown;
  try {
    await pulumi.runtime.runInPulumiStack(async () => {
      result = await program();
    });
  } finally {
    await pulumi.runtime.disconnect();
  }
  return { names, result };
}

const announcing = (said: Announcement) => ({ region: said });

describe("a region's stack", () => {
  it("touches nothing before it has asked whether it is its turn", async () => {
    const { names } = await running({ "organization/mesh/us": announcing(us) }, () => {
      new pulumi.ComponentResource(
        "test:index:Part",
        "registry",
        {},
        { dependsOn: takeTurn(part) },
      );
    });
    assert.deepEqual(names, ["organization/mesh/eu", "organization/mesh/us", "registry"]);
  });

  it("ends with the reason, and without a stack trace, when it is not", async () => {
    const program = () => takeTurn(part);
    await assert.rejects(
      running({ "organization/mesh/us": announcing({ ...us, epoch: 1 }) }, program),
      (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.match(
          error.message,
          /^Nothing was touched:\n {2}region us is the standby of epoch 1/,
        );
        return true;
      },
    );
  });

  it("asks no region that is lost, and as a standby nobody but itself", async () => {
    const lost = { ...part, peers: { us: { stack: "organization/mesh/us", lost: true } } };
    const alone = await running({}, () => takeTurn(lost));
    const standby = await running({}, () => takeTurn({ ...part, role: "standby" }));
    for (const { names } of [alone, standby]) assert.deepEqual(names, ["organization/mesh/eu"]);
  });

  it("asks nobody, and announces nothing, in a mesh of one region", async () => {
    const { names, result } = await running({}, async () => [
      await takeTurn(undefined),
      announce(undefined, []),
    ]);
    assert.deepEqual([names, result], [[], [[], "none"]]);
  });

  it("announces itself only after everything it depends on is there", async () => {
    const order: string[] = [];
    await running({}, () => {
      const slow = new pulumi.ComponentResource("test:index:Part", "part");
      const inside = new RandomId("registry", { byteLength: 1 }, { parent: slow });
      inside.urn.apply(() => order.push("made"));
      const announced = announce(part, [slow]);
      assert.notEqual(announced, "none");
      if (announced !== "none") announced.apply((said) => order.push(`${said.name}, ${said.role}`));
    });
    assert.deepEqual(order, ["made", "eu, writer"]);
  });

  it("refuses what another version of the program announced", async () => {
    const odd = { region: { ...us, epoch: "second" } };
    await assert.rejects(
      running({ "organization/mesh/us": odd }, () => takeTurn(part)),
      /bring that stack up again/,
    );
  });

  it("keeps registrations out of a standby, and of nothing else", () => {
    assert.deepEqual(registryEnv({ ...part, role: "standby" }), { MCP_MESH_READ_ONLY: "true" });
    assert.deepEqual([registryEnv(part), registryEnv(undefined)], [{}, {}]);
  });

  it("is refused as its own peer", () => {
    const wrong = region.safeParse({ ...eu, peers: { eu: { stack: "organization/mesh/eu" } } });
    assert.match(wrong.error?.message ?? "", /not its own peer/);
  });
});

describe("the global stack", () => {
  const regions = {
    eu: { stack: "organization/mesh/eu-west", lost: false },
    us: { stack: "organization/mesh/us", lost: false },
  };

  it("leads to the writer that the regions' stacks announce", async () => {
    const said = {
      "organization/mesh/eu-west": announcing(eu),
      "organization/mesh/us": announcing(us),
    };
    const { result } = await running(said, () => plotCourse("eu", regions));
    assert.deepEqual(result, { writer: "eu", epoch: 2, address: eu.address });
    await assert.rejects(
      running(said, () => plotCourse("us", regions)),
      /us is not the writer/,
    );
  });

  it("never goes back behind what it led to before", async () => {
    const said = {
      "organization/mesh/eu": { course: { writer: "us", epoch: 3, address: us.address } },
      "organization/mesh/eu-west": announcing(eu),
      "organization/mesh/us": announcing(us),
    };
    await assert.rejects(
      running(said, () => plotCourse("eu", regions)),
      /epoch 3 has begun/,
    );
  });

  it("makes the record that fits the address", () => {
    const type = (address: string) => recordOf("mesh.example.com", 30, address).recordType;
    assert.deepEqual(["192.0.2.1", "2001:db8::1", "us.example.com"].map(type), [
      "A",
      "AAAA",
      "CNAME",
    ]);
    assert.deepEqual(recordOf("mesh.example.com", 30, "192.0.2.1"), {
      dnsName: "mesh.example.com",
      recordTTL: 30,
      recordType: "A",
      targets: ["192.0.2.1"],
    });
  });

  it("refuses a configuration with the key's name, and a hint", async () => {
    await assert.rejects(
      running({}, () => {
        pulumi.runtime.setAllConfig({
          "mesh:host": "a",
          "mesh:writter": "eu",
          "mesh:ttlSeconds": "1",
        });
        loadRegions();
      }),
      (error: Error) => {
        assert.match(error.message, /mesh:writter: unknown key; did you mean "writer"\?/);
        assert.match(error.message, /mesh:ttlSeconds: found 1; it must be at least 5/);
        return true;
      },
    );
  });
});
