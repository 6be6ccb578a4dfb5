import assert from "node:assert/strict";
import type { Announcement } from "#config/region";
import { decide } from "#regions/course";
import { refusals, type Seen } from "#regions/turn";

const is = (name: string, role: Announcement["role"], epoch: number): Announcement => ({
  name,
  role,
  epoch,
  address: `${name}.example.com`,
});
const heard = (...all: Announcement[]): Record<string, Seen> =>
  Object.fromEntries(all.map((said) => [said.name, { said, lost: false }]));

describe("a region's turn", () => {
  type Case = [
    string,
    wanted: Announcement,
    before: Announcement | undefined,
    Record<string, Seen>,
    RegExp?,
  ];
  const cases: Case[] = [
    ["lets a first standby start", is("us", "standby", 1), undefined, {}],
    [
      "lets a first writer start after it",
      is("eu", "writer", 1),
      undefined,
      heard(is("us", "standby", 1)),
    ],
    [
      "lets a writer be brought up again",
      is("eu", "writer", 1),
      is("eu", "writer", 1),
      heard(is("us", "standby", 1)),
    ],
    ["lets a writer be fenced", is("eu", "standby", 2), is("eu", "writer", 1), {}],
    [
      "promotes once all others are fenced in its epoch",
      is("us", "writer", 2),
      is("us", "standby", 1),
      heard(is("eu", "standby", 2)),
    ],
    [
      "promotes without a region that is lost",
      is("us", "writer", 2),
      is("us", "standby", 1),
      { eu: { lost: true } },
    ],
    [
      "does not promote before the writer is fenced",
      is("us", "writer", 2),
      is("us", "standby", 1),
      heard(is("eu", "writer", 1)),
      /^region eu is the writer of epoch 1; region us can't be the writer of epoch 2 before/,
    ],
    [
      "does not take the fence of an older epoch",
      is("us", "writer", 3),
      is("us", "standby", 2),
      heard(is("eu", "standby", 2)),
      /eu is the standby of epoch 2/,
    ],
    [
      "does not start a writer that nobody has made room for",
      is("eu", "writer", 1),
      undefined,
      { us: { lost: false } },
      /region us has announced nothing/,
    ],
    [
      "does not promote in an epoch in which it was a standby",
      is("us", "writer", 2),
      is("us", "standby", 2),
      heard(is("eu", "standby", 2)),
      /raise the epoch to 3 in all regions, standbys first/,
    ],
    [
      "does not go back to an epoch that is over",
      is("eu", "standby", 1),
      is("eu", "standby", 2),
      {},
      /was in epoch 2 already: epoch 1 is over/,
    ],
    [
      "stops a writer when another region is further",
      is("eu", "writer", 1),
      is("eu", "writer", 1),
      heard(is("us", "standby", 2)),
      /region us is in epoch 2 already/,
    ],
    [
      "does not believe a stack that is another region's",
      is("eu", "writer", 1),
      undefined,
      { us: { said: is("asia", "standby", 1), lost: false } },
      /the stack of region us says that it is asia/,
    ],
  ];
  for (const [title, wanted, before, peers, refused] of cases) {
    it(title, () => {
      const found = refusals(wanted, before, peers);
      if (refused) assert.match(found.join("\n"), refused);
      else assert.deepEqual(found, []);
    });
  }
});

describe("the public name's course", () => {
  const eu = is("eu", "writer", 2);
  const us = is("us", "standby", 2);
  const led = { writer: "eu", epoch: 2, address: eu.address };

  it("leads to the one writer, at its own address", () => {
    assert.deepEqual(decide("eu", heard(eu, us), undefined), led);
  });

  const refused: [string, string, Record<string, Seen>, RegExp][] = [
    ["a writer that is none", "us", heard(eu, us), /us is not the writer: region eu is the writer/],
    [
      "a moment without a writer",
      "eu",
      heard({ ...eu, role: "standby" }, us),
      /no region is a writer/,
    ],
    [
      "two writers",
      "eu",
      heard(eu, { ...us, role: "writer", epoch: 3 }),
      /regions eu \(epoch 2\) and us \(epoch 3\) are writers at once/,
    ],
    ["a writer whose epoch is over", "eu", heard(eu, { ...us, epoch: 3 }), /epoch 3 has begun/],
    [
      "a region that has said nothing",
      "eu",
      { ...heard(eu), us: { lost: false } },
      /us has announced nothing/,
    ],
    ["a writer that is lost", "eu", { ...heard(us), eu: { lost: true } }, /name another writer/],
    ["a name that no region has", "uss", heard(eu, us), /no region uss; did you mean "us"\?/],
  ];
  for (const [what, writer, regions, reason] of refused) {
    it(`stays as it is for ${what}`, () => {
      const found = decide(writer, regions, undefined);
      assert.ok(Array.isArray(found));
      assert.match(found.join("\n"), reason);
    });
  }

  it("never goes back to an earlier epoch, whatever it is told", () => {
    const before = { writer: "us", epoch: 3, address: us.address };
    const found = decide("eu", heard(eu, us), before);
    assert.ok(Array.isArray(found) && /epoch 3 has begun/.test(found.join()));
  });

  it("leaves out regions that are lost", () => {
    assert.deepEqual(decide("eu", { ...heard(eu), us: { lost: true } }, undefined), led);
  });
});
