import { run } from "#local/engine/cli";
import { EXIT, messageOf, UserError } from "#local/engine/errors";
import { builtIn } from "#local/engine/providers/index";

try {
  process.exitCode = await run(process.argv.slice(2), builtIn);
} catch (error) {
  const known = error instanceof UserError;
  process.stderr.write(`error: ${known ? messageOf(error) : ((error as Error).stack ?? error)}\n`);
  process.exitCode = known ? error.exitCode : EXIT.failed;
}
