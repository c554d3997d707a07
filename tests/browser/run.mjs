// Drives a running Baton in a real Chromium:  node tests/browser/run.mjs http://127.0.0.1:8080 [name of a test file …]
// The samples must be deployed and their demo workers running. Exit code 0 when all tests pass.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const [base, ...only] = process.argv.slice(2);
if (!base?.startsWith("http")) {
  console.error("Expected the address of a running Baton, such as http://127.0.0.1:8080");
  process.exit(2);
}
// Of a whole file: that is what the limit counts for. Each step of a scenario has a patience of its own.
const FILE_MS = 900_000;
const files = readdirSync(here).filter(
  (it) => it.endsWith(".test.mjs") && (!only.length || only.some((name) => it.includes(name))),
);
const child = spawn(
  process.execPath,
  ["--test", "--test-concurrency=1", `--test-timeout=${FILE_MS}`, ...files.map((it) => join(here, it))],
  {
    stdio: "inherit",
    env: { ...process.env, BATON_URL: base.replace(/\/$/, "") },
  },
);
child.on("exit", (code) => process.exit(code ?? 1));
