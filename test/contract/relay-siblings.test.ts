import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { mark } from "#services/session-relay/src/session-id";
import { freePorts } from "#test/contract/agent-support";
import {
  ACCEPT,
  connect,
  Everything,
  initialize,
  metric,
  open,
  serversId,
  startRelay,
} from "#test/contract/relay-support";
import { eventually } from "#test/support/eventually";

type Relay = Awaited<ReturnType<typeof startRelay>>;
const [OLD, NEW, STRANGER] = ["127.0.0.2", "127.0.0.3", "127.0.0.4"] as const;

describe("Two session relays of one agent", function () {
  this.timeout(120_000);
  let servers: Everything[];
  let port: number;
  let addresses: string[];
  let older: Relay;
  let newer: Relay;
  let stranger: Server;
  let strangers = 0;

  before(async () => {
    servers = await Promise.all([Everything.start(), Everything.start()]);
    [port = 0] = await freePorts(1);
    stranger = createServer((socket) => {
      strangers++;
      socket.destroy();
    }).listen(port, STRANGER);
    await once(stranger, "listening");
  });
  after(async () => {
    stranger.close();
    await Promise.all(servers.map((server) => server.stop()));
  });
  beforeEach(async () => {
    addresses = [OLD, NEW];
    const options = { port, addresses: () => addresses };
    [older, newer] = await Promise.all([
      startRelay(OLD, servers[0]!.port, options),
      startRelay(NEW, servers[1]!.port, options),
    ]);
  });
  afterEach(() => {
    older.stop();
    newer.stop();
  });

  const ask = (url: string, id: string) =>
    fetch(url, {
      method: "POST",
      headers: { ...ACCEPT, "mcp-session-id": id },
      body: JSON.stringify({ jsonrpc: "2.0", id: 2, method: "ping" }),
    });

  it("bring requests to the pod that has their session, whichever they reach", async () => {
    const id = await open(older.url);
    assert.ok(await servers[0]!.knows(serversId(id)));
    for (const { url } of [older, newer]) {
      const answer = await ask(url, id);
      assert.equal(answer.status, 200, await answer.text());
      assert.equal(answer.headers.get("mcp-session-id"), id);
    }
  });

  it("bring streams and deletions there, too", async () => {
    const id = await open(older.url);
    const stream = await fetch(newer.url, {
      headers: { accept: "text/event-stream", "mcp-session-id": id },
    });
    assert.equal(stream.status, 200);
    const gone = await fetch(newer.url, { method: "DELETE", headers: { "mcp-session-id": id } });
    assert.equal(gone.status, 200);
    assert.equal(await servers[0]!.knows(serversId(id)), false);
    await stream.body?.cancel().catch(() => undefined);
  });

  it("dial nobody but siblings, whatever an id names", async () => {
    const forged = mark(serversId(await open(older.url)), STRANGER);
    const odd = [
      ...[".", "a.", "a.!!!", "a.MTI3LjAuMC4z==", `a.${STRANGER}`, mark("a", "localhost")],
      ...[mark("a", `${STRANGER}:${port}`), mark("a", `${NEW}/x`), `a.${"A".repeat(6000)}`],
    ];
    for (const id of odd) assert.equal((await ask(older.url, id)).status, 404, id);
    assert.equal((await ask(older.url, forged)).status, 404);
    assert.equal(strangers, 0);
  });

  it("wait for a new pod's address to come into DNS, and not for one that has left it", async () => {
    addresses = [OLD];
    const id = await open(newer.url);
    const waiting = ask(older.url, id);
    await eventually("the question in DNS", 5, async () => older.lines.length > 0);
    addresses = [OLD, NEW];
    assert.equal((await waiting).status, 200);
    addresses = [OLD];
    await eventually("the news of the pod's end", 10, async () => {
      const began = performance.now();
      const { status } = await ask(older.url, id);
      return status === 404 && performance.now() - began < 500;
    });
  });

  it("never pass on what was passed on already", async () => {
    const id = mark("a", NEW);
    const headers = { ...ACCEPT, "mcp-session-id": id, "mcp-session-relay": "1" };
    const answer = await fetch(older.url, { method: "POST", headers, body: initialize });
    assert.equal(answer.status, 404);
  });

  it("serve the sessions of a pod that drains to their end, and open new ones at the other", async () => {
    const { client, transport, echo } = await connect(older.url);
    let drained = false;
    const drain = fetch(`${older.management}/drain`).then(() => {
      drained = true;
    });
    await eventually("the drain", 5, async () => older.lines.some((line) => /draining/.test(line)));
    assert.equal((await fetch(`${older.management}/ready`)).status, 200);
    const fresh = await open(older.url);
    assert.ok(await servers[1]!.knows(serversId(fresh)), "the other pod has the new session");
    assert.equal(await echo("still"), "Echo: still");
    assert.equal(drained, false);
    await transport.terminateSession();
    await client.close();
    await drain;
    assert.equal(await metric(older.management, "mcp_mesh_sessions"), 0);
  });

  it("keep new sessions in a pod that drains where it is the only one", async () => {
    addresses = [OLD];
    const held = await connect(older.url);
    void fetch(`${older.management}/drain`).catch(() => undefined);
    await eventually("the drain", 5, async () => older.lines.some((line) => /draining/.test(line)));
    assert.ok(await servers[0]!.knows(serversId(await open(older.url))));
    await held.client.close();
  });

  it("end a drain at its limit, and say how many sessions that cuts off", async () => {
    older.stop();
    older = await startRelay(OLD, servers[0]!.port, {
      port,
      drainMs: 500,
      addresses: () => addresses,
    });
    const { client } = await connect(older.url);
    assert.equal((await fetch(`${older.management}/drain`)).status, 200);
    const said = older.lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === "drained");
    assert.equal(said.sessions_cut_off, 1);
    await client.close();
  });
});
