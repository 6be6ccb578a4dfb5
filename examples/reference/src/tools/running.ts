import { setTimeout as delay } from "node:timers/promises";
import type { McpServer, ServerContext } from "@modelcontextprotocol/server";
import { z } from "zod";
import { text } from "./content.ts";

/** Tells who asked for it how far the call is. */
async function report(ctx: ServerContext, progress: number, total: number): Promise<void> {
  const { progressToken } = ctx.mcpReq._meta ?? {};
  if (progressToken === undefined) return;
  await ctx.mcpReq.notify({
    method: "notifications/progress",
    params: { progressToken, progress, total, message: `Completed step ${progress} of ${total}` },
  });
}

/** How the calls of `countdown` in this process ended. */
const ended = { completed: 0, cancelled: 0 };

/** Tools that say something while they run. */
export function registerRunning(server: McpServer): void {
  server.registerTool(
    "test_tool_with_logging",
    { description: "Logs while it runs", inputSchema: z.object({}) },
    async (_args, ctx) => {
      for (const step of ["started", "processing data", "completed"]) {
        await ctx.mcpReq.log("info", `Tool execution ${step}`);
        await delay(50);
      }
      return text("Tool with logging executed successfully");
    },
  );
  server.registerTool(
    "test_logging_tool",
    { description: "Logs once, for those who asked for logs", inputSchema: z.object({}) },
    async (_args, ctx) => {
      await ctx.mcpReq.log("info", "The tool ran");
      return text("Logged");
    },
  );
  server.registerTool(
    "test_streaming_elicitation",
    { description: "Streams its answer and asks nothing" },
    () => text("Nothing was asked"),
  );
  server.registerTool(
    "test_tool_with_progress",
    { description: "Reports progress", inputSchema: z.object({}) },
    async (_args, ctx) => {
      for (const progress of [0, 50, 100]) {
        await report(ctx, progress, 100);
        await delay(50);
      }
      return text(String(ctx.mcpReq._meta?.progressToken ?? "no progress token"));
    },
  );
  // 2025 alone: the stream ends before the answer, which the client fetches by resuming it.
  server.registerTool(
    "test_reconnection",
    { description: "Ends the stream before it answers", inputSchema: z.object({}) },
    async (_args, ctx) => {
      ctx.http?.closeSSE?.();
      await delay(100);
      return text("Reconnection test completed successfully.");
    },
  );
  server.registerTool(
    "countdown",
    {
      description: "Counts steps, reports each, and stops when it is cancelled",
      inputSchema: z.object({
        steps: z.number().int().min(1).max(1_000),
        everyMs: z.number().int().min(1).max(60_000),
      }),
    },
    async ({ steps, everyMs }, ctx) => {
      const { signal } = ctx.mcpReq;
      for (let step = 1; step <= steps; step++) {
        // The call is over when its caller gives it up: stop the work, too.
        const went = await delay(everyMs, true, { signal }).catch(() => false);
        if (!went) {
          ended.cancelled += 1;
          return text(`Cancelled at step ${step}`);
        }
        await report(ctx, step, steps);
      }
      ended.completed += 1;
      return text(`Counted ${steps} steps`);
    },
  );
  server.registerTool(
    "countdowns",
    { description: "Says how the countdowns of this process ended" },
    () => text(JSON.stringify(ended)),
  );
}
