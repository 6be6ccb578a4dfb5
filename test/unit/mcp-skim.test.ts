import assert from "node:assert/strict";
import fc from "fast-check";
import { type Answer, AnswerReader } from "#packages/mcp-mesh/src/mcp/answers";
import { messagesOfBody } from "#packages/mcp-mesh/src/mcp/messages";

/** Text that looks like what is searched for, and anything else. */
const nasty = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    '"method":"x"',
    '\\"',
    '{"result":{"isError":true}}',
    "\\\\",
    "]}",
    "data: {}\n\n",
  ),
);
const value = fc.jsonValue({ maxDepth: 3 });
const id = fc.oneof(fc.integer(), nasty);

describe("What is read of JSON-RPC in passing", () => {
  const request = fc.record({
    id,
    method: nasty,
    name: nasty,
    args: value,
    extra: value,
    parent: nasty,
  });

  it("is what parsing it would find, whatever stands beside it and however it is spaced", () => {
    fc.assert(
      fc.property(
        request,
        fc.constantFrom(undefined, 2, "\t"),
        fc.boolean(),
        (one, space, batch) => {
          const _meta = { "a/b": one.extra, traceparent: one.parent };
          const message = {
            extra: one.extra,
            params: { arguments: one.args, _meta, name: one.name },
            method: one.method,
            id: one.id,
          };
          const body = JSON.stringify(batch ? [message, message] : message, null, space);
          const expected = {
            method: one.method,
            id: one.id,
            name: one.name,
            carrier: { traceparent: one.parent },
          };
          const found = messagesOfBody(body);
          if (one.method === "") return;
          assert.deepEqual(found, batch ? [expected, expected] : [expected]);
        },
      ),
    );
  });

  it("is no error for a text that is cut anywhere, or is none", () => {
    fc.assert(
      fc.property(request, fc.double({ min: 0, max: 1, noNaN: true }), (one, part) => {
        const body = JSON.stringify({ method: "tools/call", params: one });
        const cut = messagesOfBody(body.slice(0, Math.floor(body.length * part)));
        assert.ok(cut.length === 0 || cut[0]?.method === "tools/call");
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(messagesOfBody(text))));
  });

  it("is the outcome of an answer, in whatever pieces it comes", () => {
    const answers = fc.record({ id, content: value, isError: fc.boolean(), failed: fc.boolean() });
    const cuts = fc.array(fc.nat({ max: 400 }));
    fc.assert(
      fc.property(
        answers,
        fc.boolean(),
        cuts,
        ({ id: own, content, isError, failed }, events, at) => {
          const answer = failed
            ? { jsonrpc: "2.0", id: own, error: { code: -32602, message: "no", data: content } }
            : { result: { content, isError, structuredContent: { isError: !isError } }, id: own };
          const progress = { method: "notifications/progress", params: { error: content } };
          const event = (data: object) =>
            `id: 1\nevent: message\ndata: ${JSON.stringify(data)}\n\n`;
          const text = events
            ? `: hello\n\n${event(progress)}${event(answer)}`
            : JSON.stringify(answer);
          const found: Answer[] = [];
          const reader = new AnswerReader((one) => found.push(one));
          const bounds = [0, ...at.toSorted((a, b) => a - b), text.length];
          for (let i = 1; i < bounds.length; i++)
            reader.write(text.slice(bounds[i - 1], bounds[i]));
          reader.end();
          const expected = failed ? { errorCode: -32602 } : {};
          assert.deepEqual(found, [
            { id: own, failed, toolError: !failed && isError, ...expected },
          ]);
        },
      ),
    );
  });

  it("is the beginning of an answer that is too long to keep", () => {
    const found: Answer[] = [];
    const reader = new AnswerReader((one) => found.push(one));
    reader.write('data: {"result":{"content":"');
    for (let i = 0; i < 30; i++) reader.write("x".repeat(100_000));
    reader.write('","isError":true},"id":1}\n\n');
    reader.write('data: {"id":2,"result":{"isError":true}}\n\n');
    assert.deepEqual(
      found.map(({ id: own, toolError }) => [own, toolError]),
      [
        [undefined, false],
        [2, true],
      ],
    );
  });
});
