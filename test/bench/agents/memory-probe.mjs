// Loaded into the processes that the benchmark of memory watches: SIGUSR2 has them collect their
// garbage and say how much memory is left in use.
process.on("SIGUSR2", () => {
  globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ memory: { rss, heapUsed } })}\n`);
});
