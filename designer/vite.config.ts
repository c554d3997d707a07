import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const backend = process.env.BATON_URL ?? "http://127.0.0.1:8080";
/** The engine takes changes from its own pages only: to it, those served here are. */
const proxy = { target: backend, changeOrigin: true, headers: { origin: backend } };

export default defineConfig({
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../engine/baton/web/static",
    emptyOutDir: true,
    chunkSizeWarningLimit: 1200,
    assetsInlineLimit: 4096,
  },
  // The samples that ship are templates of the designer.
  server: { fs: { allow: [".."] }, proxy: { "/engine-rest": proxy, "/openapi": proxy } },
});
