/** `npm run generate`: writes what follows from the schemas and the stacks. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generated } from "#config/generate/files";

for (const [path, text] of Object.entries(generated())) {
  writeFileSync(join(process.cwd(), path), text);
  process.stdout.write(`${path}\n`);
}
