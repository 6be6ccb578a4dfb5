import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";

/** The declared members of a type that also admits any other. */
type Declared<T> = { [K in keyof T as string extends K ? never : K]: T[K] };

/** The same type, but never an interface, which the SDK takes for nothing that is a record. */
type Plain<T> = { [K in keyof T]: T[K] };

/**
 * What a tool of another agent returned: the SDK's own result, with the type of its structured
 * part. That part is absent where the tool has no output schema or failed, so look at `isError`.
 */
export type ToolResult<Result extends object = Record<string, unknown>> = Omit<
  Declared<CallToolResult>,
  "structuredContent"
> & { structuredContent?: Plain<Result> };
