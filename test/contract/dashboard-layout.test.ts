import assert from "node:assert/strict";
import fc from "fast-check";
import { neighbour } from "#services/dashboard/src/page/graph/keys";
import { layoutOf } from "#services/dashboard/src/page/graph/layout";
import type { Link } from "#services/dashboard/src/page/graph/model";
import { BOX, type Shape } from "#services/dashboard/src/page/graph/shape";

/** Any graph at all: circles, boxes that need themselves, and boxes alone. */
const shapes = fc.integer({ min: 1, max: 60 }).chain((count) => {
  const key = fc.nat(count - 1).map((index) => `b${index}`);
  const link = fc.record({ from: key, to: key });
  return fc.array(link, { maxLength: 400 }).map((links): Shape => {
    const once = new Map(links.map((one) => [`${one.from} ${one.to}`, one]));
    return {
      keys: Array.from({ length: count }, (_, index) => `b${index}`),
      links: [...once.values()],
    };
  });
});
const linkOf = (from: string, to: string): Link => ({
  ...{ key: `${from} ${to}`, from, to, capabilities: [to], resolved: true },
});

describe("the dashboard's graph", () => {
  it("gives every box a place of its own, and no two upon one another, whatever the mesh", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const places = layoutOf(shape);
        assert.deepEqual(Object.keys(places).toSorted(), shape.keys.toSorted());
        const all = Object.values(places);
        for (const [index, a] of all.entries()) {
          assert.ok(Number.isFinite(a.x) && Number.isFinite(a.y), JSON.stringify(a));
          for (const b of all.slice(index + 1)) {
            const apart =
              Math.abs(a.x - b.x) >= BOX.width || Math.abs(a.y - b.y) >= BOX.height - 0.01;
            assert.ok(apart, JSON.stringify([a, b]));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  for (const count of [60, 300]) {
    it(`puts each of ${count} boxes left of all that it needs, where nobody needs himself`, () => {
      const keys = Array.from({ length: count }, (_, index) => `b${index}`);
      const links = keys.flatMap((from, index) =>
        [index * 2 + 1, index * 2 + 2, index + 7].flatMap((to) =>
          to < count ? [{ from, to: `b${to}` }] : [],
        ),
      );
      const places = layoutOf({ keys, links });
      for (const { from, to } of links) {
        assert.ok((places[from]?.x ?? 0) < (places[to]?.x ?? 0), `${from} ${to}`);
      }
    });
  }

  it("keeps hundreds of boxes in a form that fits a screen", () => {
    const keys = Array.from({ length: 300 }, (_, index) => `b${index}`);
    const hub = keys.slice(1).map((from) => ({ from, to: "b0" }));
    for (const links of [[], hub]) {
      const places = Object.values(layoutOf({ keys, links }));
      const height = Math.max(...places.map(({ y }) => y)) + BOX.height;
      assert.ok(height <= 300 * 72, String(height));
    }
    const alone = Object.values(layoutOf({ keys, links: [] }));
    const [width, height] = [alone.map(({ x }) => x), alone.map(({ y }) => y)].map((all) =>
      Math.max(...all),
    );
    assert.ok(
      (width ?? 0) > (height ?? 0) && (width ?? 0) < 3 * (height ?? 0),
      `${width} ${height}`,
    );
  });

  it("leads arrow keys along the links, and past them to the nearest box there is", () => {
    const places = {
      ...{ a: { x: 0, y: 0 }, b: { x: 0, y: 100 } },
      ...{ c: { x: 300, y: 400 }, d: { x: 300, y: 90 } },
    };
    const links = [linkOf("a", "c")];
    assert.equal(neighbour("a", "ArrowRight", places, links), "c");
    assert.equal(neighbour("c", "ArrowLeft", places, links), "a");
    assert.equal(neighbour("b", "ArrowRight", places, links), "d");
    assert.equal(neighbour("a", "ArrowDown", places, links), "b");
    assert.equal(neighbour("d", "ArrowUp", places, links), undefined);
    assert.equal(neighbour("a", "Enter", places, links), undefined);
  });
});
