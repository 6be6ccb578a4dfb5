import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { makeLast } from "#packages/mcp-mesh/src/http/last-answer";
import { type Serving, serveHttp } from "#test/support/mcp-server";

const ways: Record<string, (response: ServerResponse) => void> = {
  "no headers at all": (response) => response.end("ok"),
  "headers set before": (response) => {
    response.setHeader("x-own", "1");
    response.setHeader("connection", "keep-alive");
    response.end("ok");
  },
  "an object": (response) =>
    response.writeHead(200, { "x-own": "1", Connection: "keep-alive" }).end("ok"),
  "a reason and an object": (response) =>
    response.writeHead(200, "Fine", { "x-own": "1", connection: "keep-alive" }).end("ok"),
  "a flat list": (response) =>
    response.writeHead(200, ["x-own", "1", "Connection", "keep-alive"]).end("ok"),
  "a list of pairs": (response) =>
    // Node takes it, though its types don't.
    response
      .writeHead(200, [
        ["x-own", "1"],
        ["Connection", "keep-alive"],
      ] as never)
      .end("ok"),
};

describe("The last answer on a connection", () => {
  let serving: Serving;

  afterEach(() => serving.stop());

  for (const [what, write] of Object.entries(ways)) {
    it(`ends it, and is the server's own otherwise, when that writes ${what}`, async () => {
      serving = await serveHttp((_request, response) => {
        makeLast(response);
        write(response);
      });
      const response = await fetch(serving.url);
      assert.equal(response.headers.get("connection"), "close");
      if (what !== "no headers at all") assert.equal(response.headers.get("x-own"), "1");
      assert.equal(response.statusText, what.startsWith("a reason") ? "Fine" : "OK");
      assert.equal(await response.text(), "ok");
    });
  }

  it("is not the one that has begun already", async () => {
    serving = await serveHttp((_request, response) => {
      response.write("o");
      makeLast(response);
      response.end("k");
    });
    const response = await fetch(serving.url);
    assert.equal(response.headers.get("connection"), "keep-alive");
    assert.equal(await response.text(), "ok");
  });
});
