import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { keepViewerApart } from "./viewer-apart.js";

const backend = process.env.BATON_URL ?? "http://127.0.0.1:8080";
/** The engine takes changes from its own pages only: to it, those served here are. */
const proxy = { target: backend, changeOrigin: true, headers: { origin: backend } };

const served = fileURLToPath(new URL("../engine/baton/web/static", import.meta.url));
const built = fileURLToPath(new URL("../build/designer", import.meta.url));
const replaced = `${built}.replaced`;
const TEXT = /\.(js|css|html|svg)$/;
/** A file that becomes hardly smaller is sent as it is. */
const WORTH = 0.95;

/** The server sends `name.gz` to browsers that accept it. */
function compressTexts(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!TEXT.test(name)) continue;
    const content = readFileSync(join(folder, name));
    const packed = gzipSync(content, { level: constants.Z_BEST_COMPRESSION });
    if (packed.length < content.length * WORTH) writeFileSync(join(folder, `${name}.gz`), packed);
  }
}

/** What is served is replaced as a whole when all is there: a running server never finds an empty folder. */
function replaceServed(): Plugin {
  return {
    name: "baton:replace-served",
    apply: "build",
    closeBundle() {
      if (!existsSync(join(built, "index.html"))) return;
      compressTexts(built);
      rmSync(replaced, { recursive: true, force: true });
      mkdirSync(dirname(served), { recursive: true });
      if (existsSync(served)) renameSync(served, replaced);
      renameSync(built, served);
      rmSync(replaced, { recursive: true, force: true });
    },
  };
}

/** What every page needs comes as one chunk, and what draws diagrams as another: small ones pack badly and cost a request each. */
const FRAME = [
  "vite/preload-helper",
  "/designer/node_modules/preact/(dist|hooks|jsx-runtime)",
  "/src/App\\.tsx",
  "/src/frame/(?!Shortcuts|Nowhere)",
  "/src/ui/(basics|icons|format|toast|state|Lazy|Menu|Tabs|useResource|useStored)",
  "/src/api/(http|people|instances|stream|models)\\.",
  "/src/(live/view|screens/useNames|diagram/(withDiagram|fileNames))\\.",
];
const DRAWING = ["/src/diagram/(dots|fit|geometry|ids|opening|renderer|runner|walk)\\.", "/src/ui/(Resizer|narrow)\\."];
const DIAGRAM = [
  "\\?viewer$",
  "/src/diagram/(CanvasTools|dragging|LiveDiagram|LivePane|marks|moving|viewer)\\.",
  "/src/live/(fold|reactions|useInstance)\\.",
];
const WORDS = ["/src/screens/instance/(words|CausedBy)\\.", "/src/forms/variables\\."];
const CHUNKS = Object.entries({ frame: FRAME, drawing: DRAWING, diagram: DIAGRAM, words: WORDS }).map(
  ([name, parts]) => ({
    name,
    test: new RegExp(parts.join("|")),
  }),
);

export default defineConfig({
  plugins: [keepViewerApart(), replaceServed()],
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: built,
    emptyOutDir: true,
    chunkSizeWarningLimit: 1200,
    assetsInlineLimit: 4096,
    modulePreload: {
      // A browser that loads the pages knows how to preload modules.
      polyfill: false,
      // Small chunks are not worth naming them in each chunk that may need them.
      resolveDependencies: (_file, found) => found.filter((it) => /\.css$|\/(frame|drawing|diagram)-/.test(it)),
    },
    rolldownOptions: { output: { codeSplitting: { includeDependenciesRecursively: false, groups: CHUNKS } } },
  },
  // The samples that ship are templates of the designer.
  // The files of tests share nothing: a process for all of them takes a fifth of the time.
  test: { isolate: false },
  server: { fs: { allow: [".."] }, proxy: { "/engine-rest": proxy, "/openapi": proxy } },
});
