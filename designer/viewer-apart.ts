import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const MARK = "?viewer";
/** The module whose imports from the library are made for pages that only show diagrams. */
const ENTRY = /\/src\/diagram\/viewer\.ts$/;
/** What writes a diagram as a file, which a page that only shows diagrams never does: half of the reader's size. */
const WRITING: Record<string, RegExp> = {
  "/bpmn-moddle/dist/index.js": /BpmnModdle\.prototype\.toXML = function[\s\S]*?\n\};\n|(?<=import \{ Reader), Writer/g,
  "/moddle-xml/dist/index.js": /var XML_PREAMBLE = [\s\S]*(?=\nexport \{)|(?<=export \{ Reader), Writer/g,
};
const PARTS_OF_EACH = 2;
const IDS = fileURLToPath(new URL("src/diagram/ids.ts", import.meta.url));

const unmark = (id: string) => (id.endsWith(MARK) ? id.slice(0, -MARK.length) : id);

/**
 * The viewer of diagrams apart from the modeler: made of the same modules, they would share chunks, and the page of an instance
 * would load what only drawing needs. Each module that the viewer imports is built a second time, without what nobody uses of it.
 */
export function keepViewerApart(): Plugin {
  return {
    name: "baton:viewer-apart",
    apply: "build",
    enforce: "pre",
    async resolveId(source, importer, options) {
      if (!importer || !(ENTRY.test(importer) || importer.endsWith(MARK))) return null;
      if (source === "ids") return IDS;
      const found = await this.resolve(source, unmark(importer), { ...options, skipSelf: true });
      if (!found || found.external || !/\/node_modules\/.*\.m?js$/.test(found.id)) return found;
      return { ...found, id: found.id + MARK, moduleSideEffects: false };
    },
    async load(id) {
      if (!id.endsWith(MARK)) return null;
      const code = await readFile(unmark(id), "utf8");
      const [module, writing] = Object.entries(WRITING).find(([path]) => unmark(id).endsWith(path)) ?? [];
      if (!writing) return { code, moduleType: "js" };
      const found = code.match(writing)?.length;
      if (found !== PARTS_OF_EACH)
        this.error(`Expected ${PARTS_OF_EACH} parts of ${module} that write files, but found ${found}: adapt WRITING`);
      return { code: code.replace(writing, ""), moduleType: "js" };
    },
  };
}
