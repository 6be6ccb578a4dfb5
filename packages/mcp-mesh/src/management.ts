import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { metrics } from "./metrics.ts";

const PORT_CHECK_MS = 1_000;

/** What the probes ask about. Each method gives the reason why not, or undefined for yes. */
export interface Health {
  started(): string | undefined;
  ready(): Promise<string | undefined>;
}

/** Serves /startupz, /livez, /ready and /metrics, apart from the port that agents and clients use. */
export async function serveManagement(port: number, health: Health): Promise<Server> {
  const server = createServer(async (request, response) => {
    const reply = (problem: string | undefined) => {
      response.writeHead(problem ? 503 : 200, { "content-type": "text/plain; charset=utf-8" });
      response.end(`${problem ?? "ok"}\n`);
    };
    switch (request.url?.split("?")[0]) {
      case "/livez":
        // Answering at all is the proof: it says that the event loop turns, and no more, because
        // restarting the agent would mend neither its registry nor its dependencies.
        return reply(undefined);
      case "/startupz":
        return reply(health.started());
      case "/ready":
        return reply(await health.ready());
      case "/metrics":
        response.writeHead(200, { "content-type": metrics.contentType });
        return response.end(await metrics.metrics());
      default:
        response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      reject(new Error(`MCP_MESH_MANAGEMENT_PORT ${port} cannot be used: ${cause.message}`));
    });
    server.listen(port, resolve);
  });
  return server;
}

/** Whether something listens on a local port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: PORT_CHECK_MS });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}
