import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

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

export default defineConfig({
  plugins: [replaceServed()],
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: built,
    emptyOutDir: true,
    chunkSizeWarningLimit: 1200,
    assetsInlineLimit: 4096,
  },
  // The samples that ship are templates of the designer.
  server: { fs: { allow: [".."] }, proxy: { "/engine-rest": proxy, "/openapi": proxy } },
});
