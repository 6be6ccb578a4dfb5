import { createServer, type Server, type ServerResponse } from "node:http";
import { metrics as ofRuntime } from "mcp-mesh/observe";
import type { Drain } from "./drain.ts";
import type { Health } from "./health.ts";
import { metrics } from "./metrics.ts";
import type { Sessions } from "./sessions.ts";

/** Probes, metrics, and the hook that the agent's container calls before it is told to end. */
export function createManagement(health: Health, drain: Drain, sessions: Sessions): Server {
  return createServer(async (request, response) => {
    switch (request.url?.split("?", 1)[0]) {
      // The server's container starts only when this one has: its health can be no part of it.
      case "/startupz":
      case "/livez":
        return reply(response, undefined);
      case "/ready":
        // A pod that drains stays ready: its sessions are served as well as ever.
        return reply(response, await health.unready());
      case "/drain":
        await drain.begin();
        return reply(response, undefined);
      case "/metrics":
        ofRuntime.sessions.set(sessions.size);
        response.writeHead(200, { "content-type": metrics.contentType });
        return response.end(await metrics.metrics());
      default:
        response.writeHead(404).end();
    }
  });
}

function reply(response: ServerResponse, problem: string | undefined): void {
  response.writeHead(problem ? 503 : 200, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${problem ?? "ok"}\n`);
}
