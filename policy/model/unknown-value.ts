import type { UnknownValueError as Thrown } from "@pulumi/policy";
import * as proxies from "@pulumi/policy/proxy.js";

/**
 * What the host's proxies throw where a value is not known. From the file that defines it: the
 * SDK's index loads npm and TypeScript too, which is most of the time that a pack needs to start.
 */
export const { UnknownValueError } = proxies as unknown as { UnknownValueError: typeof Thrown };
