import assert from "node:assert/strict";
import { compliantMesh } from "#policy/examples/mesh";
import { type Exemption, ExemptionLedger } from "#policy/model/exemptions";
import { judge } from "#policy/model/judge";
import { type Configuration, planned } from "#policy/model/levels";
import { fromManifest, type Subject } from "#policy/model/subject";
import { rules } from "#policy/rules/all";

const exemption: Exemption = {
  resource: "Deployment mesh/web",
  reason: "Its sessions live in its one pod until they can move.",
  owner: "shop",
  expires: "2026-06-30",
};

/** The U7 violations of the example application with one Deployment of one replica. */
function complaints(configuration: Configuration, { day = "2026-06-30", pulumi = true } = {}) {
  const mesh = compliantMesh();
  Object.assign(mesh["Deployment/web"]?.spec ?? {}, { replicas: 1 });
  const facts = { urn: "urn", protect: true, ignoreChanges: [] };
  const subjects = Object.values(mesh)
    .flatMap(fromManifest)
    .map((subject): Subject => (pulumi ? { ...subject, pulumi: facts } : subject));
  const plans = planned(rules, configuration, "config.test.json").filter(
    ({ level }) => level !== "disabled",
  );
  const found = judge(subjects, plans, new ExemptionLedger(new Date(day)), true);
  return found
    .filter(({ plan }) => plan.rule.id === "U7" || plan.rule.name === "minimum-replicas")
    .map(({ plan, subject, violation }) => [
      plan.rule.id,
      subject.body.metadata?.name,
      `${violation.path} ${violation.message}`,
    ]);
}

const exempting = (...exemptions: object[]) => ({ "minimum-replicas": { exemptions } });

describe("an exemption", () => {
  it("is no violation on its last day, where it is needed", () => {
    assert.deepEqual(complaints(exempting(exemption)), []);
  });

  it("is a violation on the day after, and so is what it excused", () => {
    const found = complaints(exempting(exemption), { day: "2026-07-01" });
    assert.deepEqual(
      found.map(([id]) => id),
      ["H1", "U7"],
    );
    assert.deepEqual(found[1]?.slice(1), [
      "minimum-replicas",
      "exemptions excuse Deployment mesh/web for shop until 2026-06-30, which is past; " +
        "keep the rule, or decide anew",
    ]);
  });

  it("is a violation where nothing needs it, or where the rule is kept", () => {
    const api = { ...exemption, resource: "Deployment mesh/nothing" };
    assert.deepEqual(complaints(exempting(exemption, api)), [
      [
        "U7",
        "minimum-replicas",
        "exemptions excuse Deployment mesh/nothing for shop, which does not need it; remove the exemption",
      ],
    ]);
  });

  it("may be for objects that a part of the manifests does not have", () => {
    const api = { ...exemption, resource: "Deployment mesh/nothing" };
    assert.deepEqual(complaints(exempting(exemption, api), { pulumi: false }), []);
    assert.equal(complaints(exempting(exemption), { pulumi: false, day: "2026-07-01" }).length, 2);
  });

  it("is judged after every rule that could need it", () => {
    assert.equal(rules.at(-1)?.id, "U7");
  });
});

describe("a configuration with exemptions", () => {
  const refused: [what: string, configuration: Configuration, sentence: string][] = [
    ["no list", { "minimum-replicas": { exemptions: {} } }, "exemptions must be a list"],
    [
      "no object",
      exempting([] as never, null as never),
      "exemptions[0].resource must name kind and name",
    ],
    [
      "nothing",
      { "minimum-replicas": { exemptions: [null] } },
      "exemptions[0] is not an exemption",
    ],
    [
      "a text",
      { "minimum-replicas": { exemptions: ["web"] } },
      "exemptions[0] is not an exemption",
    ],
    [
      "a name without a kind",
      exempting({ ...exemption, resource: "web" }),
      "exemptions[0].resource must name kind and name",
    ],
    [
      "a third word",
      exempting({ ...exemption, resource: "Deployment a b" }),
      "exemptions[0].resource must",
    ],
    [
      "no reason",
      exempting({ ...exemption, reason: undefined }),
      "exemptions[0].reason must say why",
    ],
    [
      "an empty reason",
      exempting({ ...exemption, reason: " ".repeat(30) }),
      "exemptions[0].reason must say why",
    ],
    [
      "no owner",
      exempting(exemption, { ...exemption, owner: " " }),
      "exemptions[1].owner must say who",
    ],
    [
      "no day",
      exempting({ ...exemption, expires: undefined }),
      "exemptions[0].expires must be its last day",
    ],
    [
      "a time",
      exempting({ ...exemption, expires: "2026-06-30T00:00" }),
      "exemptions[0].expires must be",
    ],
    [
      "no month",
      exempting({ ...exemption, expires: "2026-13-01" }),
      "exemptions[0].expires must be",
    ],
    [
      "a day that the calendar lacks",
      exempting({ ...exemption, expires: "2026-02-30" }),
      "exemptions[0].expires must be",
    ],
    [
      "another field",
      exempting({ ...exemption, until: "2026-02-28" }),
      "exemptions[0].until is no field",
    ],
    [
      "a disabled rule",
      { "minimum-replicas": { enforcementLevel: "disabled", exemptions: [exemption] } },
      "exemptions have no effect, because the rule is disabled",
    ],
    [
      "all rules disabled",
      { all: "disabled", ...exempting(exemption) },
      "exemptions have no effect, because the rule is disabled",
    ],
  ];
  for (const [what, configuration, sentence] of refused) {
    it(`is refused with ${what}, by file, rule and field`, () => {
      assert.throws(
        () => planned(rules, configuration, "config.test.json"),
        ({ message }: Error) =>
          message.startsWith(`config.test.json: minimum-replicas.${sentence}`),
      );
    });
  }

  it("may disable a rule that nothing is exempted from", () => {
    const entry = { enforcementLevel: "disabled" as const, exemptions: [] };
    const [plan] = planned(rules, { "minimum-replicas": entry }, "config.test.json").filter(
      ({ rule }) => rule.name === "minimum-replicas",
    );
    assert.equal(plan?.level, "disabled");
  });
});
