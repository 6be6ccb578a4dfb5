export { startRuntime } from "./runtime.ts";
export { readSettings, type Settings } from "./settings.ts";
