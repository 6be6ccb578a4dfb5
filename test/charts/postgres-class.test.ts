import assert from "node:assert/strict";
import type { Rendered } from "#test/support/charts";
import { ofKind } from "#test/support/charts";
import { objectsOf } from "#test/support/program";

interface Container {
  name: string;
  resources: Record<"requests" | "limits", Record<string, string>>;
}

/** Containers that keep Kubernetes from making the pod Guaranteed: all must ask for what they may use. */
function looser(workload: Rendered): string[] {
  const { initContainers = [], containers } = workload.spec.template.spec;
  return [...initContainers, ...containers]
    .filter(({ resources: { requests, limits } }: Container) =>
      ["cpu", "memory"].some((what) => !limits[what] || requests[what] !== limits[what]),
    )
    .map(({ name }: Container) => name);
}

describe("the database of prod", function () {
  this.timeout(120_000);

  it("is the last that a node gives up: each of its containers gets all that it may use", async () => {
    const sets = ofKind(await objectsOf("prod"), "StatefulSet").filter(({ metadata }) =>
      /^postgres(-|$)/.test(metadata.name),
    );
    assert.ok(sets.length > 0);
    for (const set of sets) assert.deepEqual(looser(set), [], set.metadata.name);
  });
});
