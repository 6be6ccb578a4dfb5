import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { layer } from "#local/cluster/images";
import { overlap } from "#local/cluster/network";
import { checkMachine } from "#local/cluster/prerequisites";
import { clusterSpec, defaultCluster, nodes } from "#local/cluster/spec";
import { processes, until, withLock } from "#local/cluster/system";

describe("a cluster's addresses", () => {
  it("follow from its name alone", () => {
    assert.deepEqual(clusterSpec("second"), clusterSpec("second"));
    assert.equal(clusterSpec("mcp-mesh"), defaultCluster);
  });

  it("are never the default cluster's under another name", () => {
    for (let i = 0; i < 500; i++) {
      const spec = clusterSpec(`c${i}`);
      for (const key of ["prefix", "fabric", "podNet", "svcNet", "home"] as const) {
        assert.notEqual(spec[key], defaultCluster[key]);
      }
      assert.notEqual(spec.podNet, spec.svcNet);
      assert(`${spec.prefix}-host`.length <= 15, "the kernel takes no longer link name");
    }
  });

  it("give each node a zone of its own", () => {
    assert.equal(new Set(nodes(defaultCluster).map(({ zone }) => zone)).size, 3);
  });

  it("are refused when the name can't be one of a directory, a link and a cgroup", () => {
    for (const name of ["", "../x", "Upper", "1st", "a".repeat(32)]) {
      assert.throws(() => clusterSpec(name), /cluster name/);
    }
  });
});

describe("overlapping networks", () => {
  it("are those where one holds the other", () => {
    assert(overlap("10.96.0.0/16", "10.96.3.0/24"));
    assert(overlap("10.96.3.0/24", "10.0.0.0/8"));
    assert(overlap("172.30.0.0/24", "172.30.0.11"));
  });

  it("are not neighbours", () => {
    assert(!overlap("10.96.0.0/16", "10.97.0.0/16"));
    assert(!overlap("172.30.0.0/24", "172.30.1.0/24"));
    assert(!overlap("200.0.0.0/8", "72.0.0.0/8"));
  });
});

describe("an image layer", () => {
  const entries = [
    { path: "bin/" },
    { path: "bin/tool", content: Buffer.alloc(700, "x"), mode: 0o755 },
    { path: "bin/alias", link: "tool" },
    { path: "tmp/", mode: 0o1777 },
  ];

  it("is a tar archive that tar reads", () => {
    const listing = execFileSync("tar", ["-tv", "--numeric-owner"], {
      input: layer(entries),
    }).toString();
    const lines = listing.trim().split("\n");
    assert.match(lines[0] ?? "", /^drwxr-xr-x 0\/0 .* bin\/$/);
    assert.match(lines[1] ?? "", /^-rwxr-xr-x 0\/0 +700 1970-01-01 .* bin\/tool$/);
    assert.match(lines[2] ?? "", /^lrw.* bin\/alias -> tool$/);
    assert.match(lines[3] ?? "", /^drwxrwxrwt .* tmp\/$/);
  });

  it("depends on its content alone", () => {
    assert(layer(entries).equals(layer(entries)));
  });
});

describe("a machine that can't run a cluster", () => {
  it("is told in one sentence what it lacks and what works without", async () => {
    const path = process.env.PATH;
    process.env.PATH = "/nonexistent";
    try {
      await assert.rejects(checkMachine(), {
        message:
          /^A local Kubernetes cluster needs .+\. Without it, `npm run pulumi -- preview -s dev` .+ still work\.$/,
      });
    } finally {
      process.env.PATH = path;
    }
  });
});

describe("a lock", () => {
  it("lets one holder in at a time", async () => {
    const order: string[] = [];
    let waited = 0;
    const hold = (name: string) =>
      withLock(
        "test of the lock",
        () => waited++,
        async () => {
          order.push(`${name} in`);
          await new Promise((resolve) => setImmediate(resolve));
          order.push(`${name} out`);
        },
      );
    await Promise.all([hold("a"), hold("b")]);
    assert.equal(waited, 1);
    assert.deepEqual(
      order.map((each) => each.slice(2)),
      ["in", "out", "in", "out"],
    );
  });

  it("is free again when its holder failed", async () => {
    const fail = withLock("test of failure", assert.fail, () => Promise.reject(new Error("no")));
    await assert.rejects(fail, /no/);
    assert.equal(await withLock("test of failure", assert.fail, async () => "in"), "in");
  });
});

describe("waiting", () => {
  it("ends with the last reason when the time is up", async () => {
    const check = () => Promise.reject(new Error("still closed"));
    await assert.rejects(
      until("the opening", 0.2, check),
      /the opening did not happen .*still closed/,
    );
  });
});

describe("the process table", () => {
  it("has this process with its parent and command", () => {
    const self = processes().find(({ pid }) => pid === process.pid);
    assert.equal(self?.parent, process.ppid);
    assert(self?.command.some((word) => word.includes("mocha")));
  });
});
