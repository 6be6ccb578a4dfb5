import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";

/** Sends one request, also with a Host of the caller's choice, which `fetch` would not send. */
export async function ask(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number; session: string | undefined; text: string }> {
  const sent = request(url, { method, headers, agent: false });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  const session = response.headers["mcp-session-id"];
  return { status: response.statusCode ?? 0, session: session?.toString(), text };
}
