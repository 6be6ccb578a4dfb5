/** Monokle's validator over a folder of manifests: `node policy-monokle.ts MONOKLE FOLDER`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseAllDocuments } from "yaml";

const [home = "", folder = ""] = process.argv.slice(2);
const module = join(home, "node_modules", "@monokle", "validation", "lib", "node.js");
const { createDefaultMonokleValidator } = await import(pathToFileURL(module).href);

const resources = readdirSync(folder).flatMap((file) =>
  parseAllDocuments(readFileSync(join(folder, file), "utf8")).map((document, index) => {
    const content = document.toJS();
    const { apiVersion, kind, metadata } = content;
    const { name, namespace } = metadata;
    const place = { fileId: file, filePath: file, fileOffset: 0 };
    const id = `${file}-${index}`;
    return { id, ...place, name, namespace, apiVersion, kind, content, text: String(document) };
  }),
);
const validator = createDefaultMonokleValidator();
await validator.preload({ plugins: { "pod-security-standards": true } });
const { runs } = await validator.validate({ resources });
process.stdout.write(`${resources.length} objects, ${runs[0].results.length} violations\n`);
