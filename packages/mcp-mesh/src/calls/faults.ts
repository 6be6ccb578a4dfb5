import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from "@modelcontextprotocol/client";

/**
 * What an error says about the call. `refused`: the peer answered, and is well. `late`: nothing came
 * in time. `unreached`: the tool was surely never asked. `broken`: it may have been.
 */
export type Fault = "refused" | "late" | "unreached" | "broken";

/** The exchange before the first call of a connection failed, and so no tool was asked. */
export class HandshakeError extends Error {
  constructor(error: unknown) {
    // The SDK wraps what happened in a sentence that repeats it.
    const isWrapped = error instanceof SdkError && error.cause !== undefined;
    super("cannot connect", { cause: isWrapped ? error.cause : error });
  }
}

const NEVER_CONNECTED = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** What the SDK makes of answers that it cannot use. */
const ANSWERED = new Set<string>([
  SdkErrorCode.InvalidResult,
  SdkErrorCode.UnsupportedResultType,
  SdkErrorCode.InputRequiredRoundsExceeded,
  SdkErrorCode.CapabilityNotSupported,
  SdkErrorCode.ClientHttpUnexpectedContent,
]);

const TOO_MANY_REQUESTS = 429;

export function faultOf(error: unknown): Fault {
  if (error instanceof HandshakeError || nobodyListens(error)) return "unreached";
  if (error instanceof ProtocolError) return "refused";
  if (error instanceof SdkHttpError) {
    return error.status >= 500 || error.status === TOO_MANY_REQUESTS ? "broken" : "refused";
  }
  if (!(error instanceof SdkError)) return "broken";
  if (error.code === SdkErrorCode.RequestTimeout) return "late";
  return ANSWERED.has(error.code) ? "refused" : "broken";
}

/** Whether the error means that no connection came about: nobody is there. */
export function nobodyListens(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (NEVER_CONNECTED.has((cause as NodeJS.ErrnoException).code ?? "")) return true;
  }
  return false;
}
