import {
  type ElicitResult,
  inputRequired,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { text } from "./content.ts";

type Question = Parameters<typeof inputRequired.elicit>[0];

/**
 * Asks the user. The tool runs once to ask, and again with the answer: in 2026 because the client
 * repeats the call with it; in a session of 2025 the SDK asks the client and repeats the call itself.
 */
function elicit(ctx: ServerContext, question: Question) {
  const answer = ctx.mcpReq.inputResponses?.user as ElicitResult | undefined;
  if (!answer) return inputRequired({ inputRequests: { user: inputRequired.elicit(question) } });
  return text(
    `User response: action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`,
  );
}

const options = (kind: "Option" | "Choice") =>
  ["First", "Second", "Third"].map((nth, index) => ({
    const: `value${index + 1}`,
    title: `${nth} ${kind}`,
  }));

/** Tools that ask the client's model, or its user. */
export function registerAsking(server: McpServer): void {
  server.registerTool(
    "test_sampling",
    {
      description: "Asks the client's model",
      inputSchema: z.object({ prompt: z.string().describe("The question") }),
    },
    ({ prompt }, ctx) => {
      const answer = ctx.mcpReq.inputResponses?.model as
        | { content?: { text?: string } }
        | undefined;
      if (answer) return text(`LLM response: ${answer.content?.text ?? "none"}`);
      return inputRequired({
        inputRequests: {
          model: inputRequired.createMessage({
            messages: [{ role: "user", content: { type: "text", text: prompt } }],
            maxTokens: 100,
          }),
        },
      });
    },
  );
  server.registerTool(
    "test_elicitation",
    {
      description: "Asks the user",
      inputSchema: z.object({ message: z.string().describe("The question") }),
    },
    ({ message }, ctx) =>
      elicit(ctx, {
        message,
        requestedSchema: {
          type: "object",
          properties: { response: { type: "string", description: "User's response" } },
          required: ["response"],
        },
      }),
  );
  server.registerTool(
    "test_elicitation_sep1034_defaults",
    { description: "Asks the user by a form with defaults", inputSchema: z.object({}) },
    (_args, ctx) =>
      elicit(ctx, {
        message: "Please review and update the form fields with defaults",
        requestedSchema: {
          type: "object",
          properties: {
            name: { type: "string", default: "John Doe" },
            age: { type: "integer", default: 30 },
            score: { type: "number", default: 95.5 },
            status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
            verified: { type: "boolean", default: true },
          },
        },
      }),
  );
  server.registerTool(
    "test_elicitation_sep1330_enums",
    { description: "Asks the user by a form with choices", inputSchema: z.object({}) },
    (_args, ctx) =>
      elicit(ctx, {
        message: "Please select options from the enum fields",
        requestedSchema: {
          type: "object",
          properties: {
            untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
            titledSingle: { type: "string", oneOf: options("Option") },
            // Before there was `oneOf`.
            legacyEnum: {
              type: "string",
              enum: ["opt1", "opt2", "opt3"],
              enumNames: ["Option One", "Option Two", "Option Three"],
            },
            untitledMulti: {
              type: "array",
              minItems: 1,
              maxItems: 3,
              items: { type: "string", enum: ["option1", "option2", "option3"] },
            },
            titledMulti: {
              type: "array",
              minItems: 1,
              maxItems: 3,
              items: { anyOf: options("Choice") },
            },
          },
        },
      }),
  );
}
