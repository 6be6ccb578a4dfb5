import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeValue, encodeValue } from "#local/engine/checkpoint";
import { SIGNATURE } from "#local/engine/marks";
import { ResourceRef, Secret, UNKNOWN, type Value } from "#local/engine/value";
import { fromStruct, fromWire, toStruct, toWire } from "#local/engine/wire";
import { secrets } from "#test/engine/support/engine";

const key = fc.string({ maxLength: 8 }).filter((text) => text !== "__proto__");
const plain = [
  fc.constant(null),
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
  fc.string(),
];
const reference = fc
  .tuple(fc.string({ minLength: 1 }), fc.option(fc.string(), { nil: undefined }), fc.string())
  .map(([urn, id, version]) => new ResourceRef(urn, id, version));

/** Any value at all; with `unknowns`, also what only an update will know. */
function values(unknowns: boolean): fc.Arbitrary<Value> {
  const { value } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      ...plain,
      ...(unknowns ? [fc.constant(UNKNOWN)] : []),
      reference,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
      tie("value").map((inner) => new Secret(inner)),
    ),
  }));
  return value;
}

describe("the wire form of values", () => {
  it("gives back every value that it is given", () => {
    fc.assert(
      fc.property(values(true), (value) => assert.deepEqual(fromWire(toWire(value)), value)),
    );
  });

  it("survives a protobuf struct", () => {
    fc.assert(
      fc.property(values(true), (value) => {
        assert.deepEqual(fromStruct(toStruct({ value })), { value });
      }),
    );
  });

  it("flattens output values to what they say", () => {
    const output = (fields: object) =>
      fromWire({ [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...fields });
    assert.equal(output({ value: 1 }), 1);
    assert.equal(output({}), UNKNOWN);
    assert.deepEqual(output({ value: "x", secret: true }), new Secret("x"));
    assert.deepEqual(output({ secret: true, dependencies: ["urn"] }), new Secret(UNKNOWN));
  });

  it("leaves assets as they are", () => {
    const asset = { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", hash: "1", text: "hello" };
    assert.deepEqual(toWire(fromWire(asset)), asset);
  });
});

describe("the checkpoint's form of values", () => {
  it("gives back every value, whatever is secret in it", () => {
    fc.assert(
      fc.property(values(false), (value) => {
        assert.deepEqual(decodeValue(encodeValue(value, secrets), secrets), value);
        assert.deepEqual(decodeValue(encodeValue(value, "plaintext"), secrets), value);
      }),
    );
  });

  it("has no secret text in it", () => {
    const word = fc.string({ minLength: 12, maxLength: 20, unit: fc.constantFrom(..."QXZJ") });
    fc.assert(
      fc.property(values(false), word, (around, text) => {
        const value: Value = [around, { a: new Secret([text, new Secret(text)]) }];
        assert.equal(JSON.stringify(encodeValue(value, secrets)).includes(text), false);
        assert.equal(JSON.stringify(encodeValue(value, "hidden")).includes(text), false);
      }),
    );
  });
});
