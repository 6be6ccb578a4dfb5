/** `npm run generate`: writes what follows from the schemas. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generated } from "#config/generated";

for (const [path, text] of Object.entries(generated())) {
  writeFileSync(join(process.cwd(), path), text);
  process.stdout.write(`${path}\n`);
}
