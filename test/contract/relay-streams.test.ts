import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { startRelay } from "#test/contract/relay-support";
import { eventually } from "#test/support/eventually";

const sha = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

describe("What passes the session relay", function () {
  this.timeout(60_000);
  let relay: Awaited<ReturnType<typeof startRelay>>;
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    server = createServer((request, response) => answer(request, response)).listen(0, "127.0.0.1");
    await once(server, "listening");
    relay = await startRelay("127.0.0.2", (server.address() as AddressInfo).port);
  });
  afterEach(() => {
    relay.stop();
    server.close();
    server.closeAllConnections();
  });

  it("keeps its bytes, in both directions and whatever the size", async () => {
    answer = (request, response) => void pipeline(request, response);
    const body = randomBytes(24 << 20);
    const echoed = await fetch(relay.url, { method: "POST", body });
    assert.equal(sha(Buffer.from(await echoed.arrayBuffer())), sha(body));
  });

  it("keeps its headers, as they are written and as often as they are there", async () => {
    let got: string[] = [];
    answer = (request, response) => {
      got = request.rawHeaders;
      response.writeHead(201, ["Set-Cookie", "a=1", "set-cookie", "b=2", "X-Odd-CASE", "x"]);
      response.end("{}");
    };
    const call = request(relay.url, {
      method: "POST",
      headers: { Host: "agent.mesh.svc:8080", "X-One": "1" },
    });
    call.end("{}");
    const [response] = (await once(call, "response")) as [IncomingMessage];
    response.resume();
    assert.equal(response.statusCode, 201);
    assert.deepEqual(response.rawHeaders.slice(0, 6), [
      ...["Set-Cookie", "a=1", "set-cookie", "b=2", "X-Odd-CASE", "x"],
    ]);
    const sent = new Map(got.flatMap((name, at) => (at % 2 ? [] : [[name, got[at + 1]]])));
    assert.equal(sent.get("host"), "agent.mesh.svc:8080");
    assert.equal(sent.get("X-One"), "1");
  });

  it("passes events on one by one, and the head of a stream before the first", async () => {
    let events: ServerResponse | undefined;
    answer = (_request, response) => {
      events = response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
    };
    const stream = await fetch(relay.url);
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (const event of ["data: one\n\n", "data: two\n\n"]) {
      events?.write(event);
      assert.equal((await reader.read()).value, event);
    }
    await reader.cancel();
  });

  it("ends at the server when its client breaks off, before and after the answer's head", async () => {
    for (const head of [false, true]) {
      let ended = false;
      let arrived = false;
      answer = (_request, response) => {
        arrived = true;
        response.once("close", () => {
          ended = true;
        });
        if (head) response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      };
      const gone = new AbortController();
      const call = fetch(relay.url, { method: "POST", body: "{}", signal: gone.signal });
      if (head) await call;
      call.catch(() => undefined);
      await eventually("the request at the server", 5, async () => arrived);
      gone.abort();
      await eventually("the end of the request", 5, async () => ended);
    }
  });

  it("breaks off at the client when the server does, and is a 502 if that is at once", async () => {
    answer = (_request, response) => response.destroy();
    assert.equal((await fetch(relay.url, { method: "POST", body: "{}" })).status, 502);
    answer = (_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
      response.socket?.destroySoon();
    };
    const cut = await fetch(relay.url, { method: "POST", body: "{}" });
    await assert.rejects(cut.text());
  });

  it("waits for a slow reader instead of filling the memory", async () => {
    let sent = 0;
    const chunk = Buffer.alloc(64 << 10);
    answer = (_request, response) => {
      response.writeHead(200, { "content-type": "application/octet-stream" });
      const more = () => {
        while (sent < 256 << 20 && response.write(chunk)) sent += chunk.length;
      };
      response.on("drain", more);
      more();
    };
    const call = request(relay.url);
    call.end();
    const [response] = (await once(call, "response")) as [IncomingMessage];
    let last = -1;
    await eventually("the server's waiting", 20, async () => {
      const still = last === sent;
      last = sent;
      return still;
    });
    assert.ok(sent < 32 << 20, `${sent} bytes are on their way`);
    response.destroy();
  });

  it("is a 503 while the server cannot be reached", async () => {
    server.close();
    server.closeAllConnections();
    const answer = await fetch(relay.url, { method: "POST", body: "{}" });
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get("retry-after"), "1");
    assert.match(await answer.text(), /the server cannot be reached/);
  });
});
