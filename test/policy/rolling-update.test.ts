import assert from "node:assert/strict";
import { rollingUpdate } from "#policy/rules/availability/rolling-update";
import { messages, reported, reportedOfPatch, workload } from "./support/judging.ts";

type Case = [what: string, spec: object, path?: string];

const type = "spec.strategy.type";
const pace = "spec.strategy.rollingUpdate.maxUnavailable";
const strategy = (rollingUpdate: object) => ({
  strategy: { type: "RollingUpdate", rollingUpdate },
});

const cases: Record<string, Case[]> = {
  Deployment: [
    ["nothing said", { replicas: 2 }],
    ["no strategy", { replicas: 2, strategy: null }],
    ["Recreate of several", { replicas: 2, strategy: { type: "Recreate" } }, type],
    ["Recreate of one", { replicas: 1, strategy: { type: "Recreate" } }],
    ["Recreate of none", { replicas: 0, strategy: { type: "Recreate" } }],
    ["Recreate of a number left open", { strategy: { type: "Recreate" } }, type],
    ["OnDelete", { replicas: 1, strategy: { type: "OnDelete" } }, type],
    ["surge only", { replicas: 2, ...strategy({ maxSurge: 1, maxUnavailable: 0 }) }],
    ["surge by default", { replicas: 2, ...strategy({ maxUnavailable: 0 }) }],
    ["neither", { replicas: 2, ...strategy({ maxSurge: 0, maxUnavailable: 0 }) }, pace],
    ["neither, in percent", { ...strategy({ maxSurge: "0%", maxUnavailable: "0%" }) }, pace],
    ["neither, for one", { replicas: 1, ...strategy({ maxSurge: 0, maxUnavailable: 0 }) }, pace],
    ["some at a time", { replicas: 2, ...strategy({ maxUnavailable: 1 }) }],
    ["all at once", { replicas: 2, ...strategy({ maxUnavailable: 2 }) }, pace],
    ["more than all", { replicas: 2, ...strategy({ maxUnavailable: 3 }) }, pace],
    ["all in percent", { replicas: 3, ...strategy({ maxUnavailable: "100%" }) }, pace],
    ["nearly all, rounded down", { replicas: 3, ...strategy({ maxUnavailable: "99%" }) }],
    ["the only one", { replicas: 1, ...strategy({ maxUnavailable: 1 }) }],
    ["many of a number left open", { ...strategy({ maxUnavailable: 500 }) }],
    ["all of a number left open", { ...strategy({ maxUnavailable: "100%" }) }, pace],
    ["nearly all of a number left open", { ...strategy({ maxUnavailable: "99%" }) }],
  ],
  StatefulSet: [
    ["nothing said", { replicas: 2 }],
    ["OnDelete", { updateStrategy: { type: "OnDelete" } }, "spec.updateStrategy.type"],
    ["Recreate", { replicas: 1, updateStrategy: { type: "Recreate" } }, "spec.updateStrategy.type"],
    ["all at once", { replicas: 2, updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } }],
    [
      "none",
      { updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } },
      "spec.updateStrategy.rollingUpdate.maxUnavailable",
    ],
  ],
  DaemonSet: [
    ["nothing said", {}],
    ["OnDelete", { updateStrategy: { type: "OnDelete" } }, "spec.updateStrategy.type"],
    ["surge", { updateStrategy: { rollingUpdate: { maxSurge: "10%", maxUnavailable: 0 } } }],
    ["no surge", { updateStrategy: { rollingUpdate: { maxSurge: 0 } } }],
    [
      "none",
      { updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } },
      "spec.updateStrategy.rollingUpdate.maxUnavailable",
    ],
  ],
};

describe("rolling updates", () => {
  for (const [kind, list] of Object.entries(cases)) {
    for (const [what, spec, path] of list) {
      it(`${path ? "are missed by" : "are kept by"} a ${kind}: ${what}`, () => {
        const found = reported(rollingUpdate, [workload(kind, "web", spec)]);
        assert.deepEqual(found, path ? [`${kind} mesh/web: ${path}`] : []);
      });
    }
  }

  it("are not asked of what does not roll", () => {
    assert.deepEqual(
      reported(rollingUpdate, [workload("Job", "web", cases.DaemonSet?.[1]?.[1])]),
      [],
    );
  });

  it("are held against a patch as far as it tells", () => {
    const patch = (spec: object) =>
      reportedOfPatch(rollingUpdate, "apps/v1:DeploymentPatch", { spec });
    assert.deepEqual(patch({ strategy: { type: "Recreate" } }), []);
    assert.equal(patch({ replicas: 2, strategy: { type: "Recreate" } }).length, 1);
    assert.deepEqual(patch({ replicas: 2, ...strategy({ maxUnavailable: 2 }) }), []);
    assert.equal(patch({ replicas: 2, ...strategy({ maxUnavailable: 2, maxSurge: 1 }) }).length, 1);
    assert.deepEqual(patch({ replicas: 2, ...strategy({ maxSurge: 0 }) }), []);
    assert.equal(patch(strategy({ maxSurge: 0, maxUnavailable: 0 })).length, 1);
  });

  it("are explained", () => {
    const text = (spec: object) => messages(rollingUpdate, [workload("Deployment", "web", spec)]);
    assert.deepEqual(text({ strategy: { type: "Recreate" } }), [
      'is "Recreate"; write "RollingUpdate"',
    ]);
    assert.deepEqual(text(strategy({ maxSurge: 0, maxUnavailable: 0 })), [
      "is 0, as maxSurge is, so no pod may be replaced; let one of them be more",
    ]);
    assert.deepEqual(text(strategy({ maxUnavailable: "100%" })), [
      'is "100%", which lets all replicas stop at once; write less',
    ]);
  });
});
