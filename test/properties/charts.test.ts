import assert from "node:assert/strict";
import fc from "fast-check";
import { type ChartName, charts } from "#config/charts/index";
import { brokenValues } from "#test/support/arbitrary";
import { violationsOf } from "#test/support/policies";
import { renderMany } from "#test/support/render-many";
import { validTogether } from "#test/support/together";
import { problemsOf } from "#test/support/valid-objects";

/** Each run renders that many random values at once. PROPERTY_RUNS asks for more runs. */
const BATCH = 8;
const numRuns = Number(process.env.PROPERTY_RUNS ?? 2);
const seed = Number(process.env.PROPERTY_SEED ?? 20261122);

const names = (Object.keys(charts) as ChartName[]).filter((name) => name !== "mcp-mesh");
const options = (runs: number) => ({ numRuns: runs, seed, endOnFailure: true });

/** An API server of an extension reads who may call it there alone; stacks exempt it by name. */
const EXEMPT = /^M2 RoleBinding kube-system\/\S+-custom-metrics:/;

describe("random values", function () {
  this.timeout(240_000);
  before(() => console.log(`      PROPERTY_SEED=${seed} PROPERTY_RUNS=${numRuns}`));

  for (const name of names) {
    const batch = <T>(each: fc.Arbitrary<T>) =>
      fc.array(each, { minLength: BATCH, maxLength: BATCH });

    it(`that ${name} takes give valid objects that keep every mandatory rule`, async () => {
      const taken = batch(validTogether(name));
      const property = fc.asyncProperty(taken, async (values) => {
        const { objects, refusals } = await renderMany(name, values);
        assert.deepEqual([...refusals.values()], []);
        assert.ok(objects.length >= BATCH);
        assert.deepEqual(objects.flatMap(problemsOf), []);
        const violations = objects.flatMap(violationsOf);
        assert.deepEqual(
          violations.filter((each) => !EXEMPT.test(each)),
          [],
        );
      });
      await fc.assert(property, options(numRuns));
    });

    // The umbrella gives agents what is global, and their names.
    const except = name === "agent" ? ["global", "fullnameOverride"] : [];
    it(`with a mistake are refused by ${name}'s schemas, which name the key`, async () => {
      const property = fc.asyncProperty(
        batch(brokenValues(charts[name], except)),
        async (broken) => {
          for (const { values, key } of broken) {
            const { error } = charts[name].safeParse(values);
            const said = JSON.stringify(error?.issues ?? []);
            assert.ok(said.includes(`"${key}"`), `zod: ${JSON.stringify(values)} ${said}`);
          }
          const { refusals } = await renderMany(
            name,
            broken.map(({ values }) => values),
          );
          broken.forEach(({ values, key }, index) => {
            const said = refusals.get(index) ?? "nothing";
            assert.ok(said.includes(key), `helm: ${JSON.stringify(values)} ${said}`);
          });
        },
      );
      await fc.assert(property, options(numRuns * 3));
    });
  }
});
