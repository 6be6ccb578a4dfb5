export { startRuntime } from "./start.ts";
