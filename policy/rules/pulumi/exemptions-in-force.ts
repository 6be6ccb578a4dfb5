import type { StackRule } from "#model/rule";
import type { Subject } from "#model/subject";

export const exemptionsInForce: StackRule = {
  id: "U7",
  name: "exemptions-in-force",
  title: "Every exemption is needed, and its day has not passed.",
  level: "mandatory",
  severity: "medium",
  why: "An exemption that outlives its reason lets the next mistake through, and nobody knows why.",
  fix: "Remove the exemption from the stack's policy configuration, or give it a new last day.",
  checkStack(graph, { ledger }) {
    // Manifests may be a part of the stack: what they don't need, its other objects may.
    const whole = graph.subjects.some(({ pulumi }) => pulumi);
    return ledger
      .complaints()
      .filter(({ expired }) => expired || whole)
      .map(({ rule, message }) => ({
        subject: configurationOf(rule),
        path: "exemptions",
        message,
      }));
  },
};

/** A rule's part of the stack's policy configuration, as messages name it. */
function configurationOf(rule: string): Subject {
  const apiVersion = "policy.mcp-mesh.dev/v1";
  const kind = "PolicyConfiguration";
  const body = { metadata: { name: rule } };
  return { apiVersion, kind, groupKind: `policy.mcp-mesh.dev/${kind}`, body, patch: false };
}
