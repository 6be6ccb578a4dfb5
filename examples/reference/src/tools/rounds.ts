import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequests,
  inputRequired,
  type McpServer,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { type Rounds, states } from "../state.ts";
import { text } from "./content.ts";

const nothing = z.object({});
const named = z.object({ name: z.string() });
const coloured = z.object({ color: z.string() });
const confirmed = z.object({ ok: z.boolean() });

const askName = () =>
  inputRequired.elicit({ message: "What is your name?", requestedSchema: named });
const askColour = () =>
  inputRequired.elicit({ message: "What is your favorite color?", requestedSchema: coloured });
const askConsent = () =>
  inputRequired.elicit({ message: "Please confirm", requestedSchema: confirmed });
const askModel = (question: string) =>
  inputRequired.createMessage({
    messages: [{ role: "user", content: { type: "text", text: question } }],
    maxTokens: 100,
  });

/** What a client's model said, or undefined. */
const modelsAnswer = (answer: unknown) =>
  (answer as { content?: { text?: string } } | undefined)?.content?.text;
/** The folders that a client shows, or undefined. */
const shownRoots = (answer: unknown) =>
  (answer as { roots?: { uri: string }[] } | undefined)?.roots;

/** Tools that need more from the client before they can answer: 2026's way is to say what. */
export function registerRounds(server: McpServer): void {
  server.registerTool(
    "test_input_required_result_elicitation",
    { description: "Asks for a name", inputSchema: nothing },
    (_args, ctx) => {
      const given = acceptedContent(ctx.mcpReq.inputResponses, "user_name", named);
      if (given) return text(`Hello, ${given.name}!`);
      return inputRequired({ inputRequests: { user_name: askName() } });
    },
  );
  // The second one is called by clients that have no model, which the SDK refuses.
  for (const name of ["test_input_required_result_sampling", "test_missing_capability"]) {
    server.registerTool(
      name,
      { description: "Asks the client's model", inputSchema: nothing },
      (_args, ctx) => {
        const answer = modelsAnswer(ctx.mcpReq.inputResponses?.capital_question);
        if (answer !== undefined) return text(`Sampling response: ${answer}`);
        const capital_question = askModel("What is the capital of France?");
        return inputRequired({ inputRequests: { capital_question } });
      },
    );
  }
  server.registerTool(
    "test_input_required_result_list_roots",
    { description: "Asks for the client's folders", inputSchema: nothing },
    (_args, ctx) => {
      const roots = shownRoots(ctx.mcpReq.inputResponses?.client_roots);
      if (roots) return text(`Client exposed: ${roots.map(({ uri }) => uri).join(", ")}`);
      return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
    },
  );
  server.registerTool(
    "test_input_required_result_multiple_inputs",
    { description: "Asks for several things at once", inputSchema: nothing },
    async (_args, ctx) => {
      const { inputResponses = {} } = ctx.mcpReq;
      const name = acceptedContent(inputResponses, "user_name", named)?.name;
      const greeting = modelsAnswer(inputResponses.greeting);
      const roots = shownRoots(inputResponses.client_roots);
      if (name && greeting && roots) return text(`${greeting} ${name}, ${roots.length} root(s)`);
      return inputRequired({
        inputRequests: {
          user_name: askName(),
          greeting: askModel("Generate a greeting"),
          client_roots: inputRequired.listRoots(),
        },
        requestState: await states.mint({ tool: "multiple_inputs", round: 1 }),
      });
    },
  );
  server.registerTool(
    "test_input_required_result_capabilities",
    { description: "Asks only for what the client can give", inputSchema: nothing },
    (_args, ctx) => {
      if (ctx.mcpReq.inputResponses) return text("The client gave what it can");
      const envelope = (ctx.mcpReq.envelope ?? {}) as Record<string, unknown>;
      const can = envelope[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
      const inputRequests: InputRequests = {
        ...(can?.elicitation && { user_name: askName() }),
        ...(can?.sampling && { greeting: askModel("Generate a greeting") }),
        ...(can?.roots && { client_roots: inputRequired.listRoots() }),
      };
      if (Object.keys(inputRequests).length === 0) return text("The client can give nothing");
      return inputRequired({ inputRequests });
    },
  );
  // The state is sealed, so that the SDK refuses a client's forgery before the tool runs.
  for (const tool of ["request_state", "tampered_state"]) {
    server.registerTool(
      `test_input_required_result_${tool}`,
      { description: "Asks for consent, and remembers that it did", inputSchema: nothing },
      async (_args, ctx) => {
        const consent = acceptedContent(ctx.mcpReq.inputResponses, "confirm", confirmed);
        if (consent && ctx.mcpReq.requestState<Rounds>()?.tool === tool) return text("state-ok");
        const requestState = await states.mint({ tool, round: 1 });
        return inputRequired({ inputRequests: { confirm: askConsent() }, requestState });
      },
    );
  }
  server.registerTool(
    "test_input_required_result_multi_round",
    { description: "Asks twice", inputSchema: nothing },
    async (_args, ctx) => {
      const { inputResponses = {} } = ctx.mcpReq;
      const state = ctx.mcpReq.requestState<Rounds>();
      const again = (round: number, inputRequests: InputRequests, name?: string) =>
        states
          .mint({ tool: "multi_round", round, ...(name && { name }) })
          .then((requestState) => inputRequired({ inputRequests, requestState }));
      const name = acceptedContent(inputResponses, "step1", named)?.name ?? state?.name;
      if (!state || !name) return again(1, { step1: askName() });
      const colour = acceptedContent(inputResponses, "step2", coloured)?.color;
      if (!colour) return again(2, { step2: askColour() }, name);
      return text(`Multi-round complete: ${name} likes ${colour}`);
    },
  );
}
