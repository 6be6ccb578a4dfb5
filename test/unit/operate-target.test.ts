import assert from "node:assert/strict";
import { projectRoot } from "#local/setup/environment";
import { targetOf } from "#operate/target";

describe("the database that a command is about", () => {
  const target = (given: object) => targetOf({ release: "postgres", ...given }, projectRoot);

  it("is found by its stack's file", () => {
    assert.equal(target({ stack: "prod" }).cluster.namespace, "mcp-mesh");
    assert.equal(target({ stack: "prod" }).flags, "--stack prod");
  });

  it("is found by namespace and release, where Helm alone installed it", () => {
    const { cluster, release, flags } = target({ namespace: "data", release: "mesh-postgres" });
    assert.deepEqual([cluster.namespace, release], ["data", "mesh-postgres"]);
    assert.equal(flags, "--namespace data --release mesh-postgres");
  });

  it("must be named in one way", () => {
    assert.throws(() => target({}), /--stack S, or --namespace N/);
    assert.throws(() => target({ stack: "prod", namespace: "x" }), /not both/);
    assert.throws(
      () => target({ stack: "prd" }),
      /no stack prd here; there are dev, prod, staging/,
    );
  });
});
