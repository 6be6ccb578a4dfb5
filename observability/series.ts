import { labelsOfSeries } from "#observability/catalogue/index";
import { type KnownSeries, labelsOf } from "#observability/labels";
import { recordings } from "#observability/rules/index";

/** Everything that a query may ask for: what is exported, and what rules record of it. */
export const knownSeries: KnownSeries = withRecordings();

function withRecordings(): KnownSeries {
  const known = new Map(labelsOfSeries);
  // Rules that record stand below those that they read.
  for (const { record, expr, labels = {} } of recordings) {
    const found = labelsOf(expr, known) ?? [];
    known.set(record, new Set([...(known.get(record) ?? []), ...found, ...Object.keys(labels)]));
  }
  return known;
}
