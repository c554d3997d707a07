// The Chromium that tests and screenshots drive, by the playwright-core of the designer.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../designer/package.json", import.meta.url));
/** @type {typeof import("playwright-core")} */
const { chromium } = require("playwright-core");

export const axePath = require.resolve("axe-core/axe.min.js");

const CANDIDATES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium-headless-shell", // half of the processor time of the whole browser
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * For many pages of one site, each for a moment: in one process, and without making their code fast, which takes longer
 * than running it.
 */
export const FOR_MANY_PAGES = ["--process-per-site", "--js-flags=--no-opt --no-maglev --no-sparkplug"];

/** @param {string[]} more flags */
export async function launchChromium(more = []) {
  const executablePath = CANDIDATES.find((it) => it && existsSync(it));
  if (!executablePath) throw new Error("No Chromium found: set CHROMIUM to its path.");
  return chromium.launch({ executablePath, args: [...ARGS, ...more] });
}
