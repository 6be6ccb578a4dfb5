import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { McpWatch } from "#packages/mcp-mesh/src/mcp/watch";
import { median } from "#test/bench/measure";

const CALLS = 20_000;
const ROUNDS = 9;

const params = { name: "echo", arguments: { message: "Hello, you!" } };
const CALL = Buffer.from(JSON.stringify({ method: "tools/call", params, jsonrpc: "2.0", id: 1 }));
const result = { content: [{ type: "text", text: "Hello, you!" }] };
const ANSWER = Buffer.from(
  `event: message\ndata: ${JSON.stringify({ result, jsonrpc: "2.0", id: 1 })}\n\n`,
);

/**
 * The processor time, in µs, that watching a tool call takes by itself: the same requests and
 * responses of Node pass with it and without it, with no server and no network around them.
 */
export function watchingCost(): number {
  const watch = new McpWatch(new Set(["echo"]));
  const socket = new Socket();
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [bare, watched] = [undefined, watch].map((one) => {
      const before = process.cpuUsage();
      for (let i = 0; i < CALLS; i++) pass(socket, one);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / CALLS;
    });
    costs.push((watched ?? Number.NaN) - (bare ?? Number.NaN));
  }
  return median(costs);
}

function pass(socket: Socket, watch: McpWatch | undefined): void {
  const request = new IncomingMessage(socket);
  request.method = "POST";
  request.headers = { "mcp-protocol-version": "2025-11-25" };
  const response = new ServerResponse(request);
  watch?.request(request, response);
  request.push(CALL);
  request.push(null);
  response.write(ANSWER);
  response.end();
  response.emit("close");
}
