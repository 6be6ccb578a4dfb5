import {
  acceptedContent,
  completable,
  inputRequired,
  type McpServer,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { IMAGE } from "./samples.ts";

const said = (text: string) => ({
  role: "user" as const,
  content: { type: "text" as const, text },
});

/** Prompts with and without arguments, with other content than text, and one that asks first. */
export function registerPrompts(server: McpServer): void {
  server.registerPrompt("test_simple_prompt", { description: "A prompt of one text" }, () => ({
    messages: [said("This is a simple prompt for testing.")],
  }));
  const completed = (description: string) =>
    completable(z.string().describe(description), (begun) =>
      ["paris", "park", "party"].filter((word) => word.startsWith(begun)),
    );
  server.registerPrompt(
    "test_prompt_with_arguments",
    {
      description: "A prompt with two arguments, which the server completes",
      argsSchema: z.object({ arg1: completed("The first one"), arg2: completed("The second one") }),
    },
    ({ arg1, arg2 }) => ({
      messages: [said(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
    }),
  );
  server.registerPrompt(
    "test_prompt_with_embedded_resource",
    {
      description: "A prompt with a resource",
      argsSchema: z.object({ resourceUri: z.string().describe("Which one") }),
    },
    ({ resourceUri: uri }) => ({
      messages: [
        {
          role: "user",
          content: {
            type: "resource",
            resource: {
              uri,
              mimeType: "text/plain",
              text: "Embedded resource content for testing.",
            },
          },
        },
        said("Please process the embedded resource above."),
      ],
    }),
  );
  server.registerPrompt(
    "test_prompt_with_image",
    { description: "A prompt with an image" },
    () => ({
      messages: [
        { role: "user", content: { type: "image", ...IMAGE } },
        said("Please analyze the image above."),
      ],
    }),
  );
  const context = z.object({ context: z.string() });
  server.registerPrompt(
    "test_input_required_result_prompt",
    { description: "A prompt that asks for its context" },
    (ctx) => {
      const given = acceptedContent(ctx.mcpReq.inputResponses, "user_context", context);
      if (given) return { messages: [said(`Use the following context: ${given.context}`)] };
      return inputRequired({
        inputRequests: {
          user_context: inputRequired.elicit({
            message: "What context should the prompt use?",
            requestedSchema: context,
          }),
        },
      });
    },
  );
}
