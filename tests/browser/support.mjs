// What every browser test needs: Chromium, a page that reports its own errors, the REST API, patience.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../designer/package.json", import.meta.url));
const { chromium } = require("playwright-core");

export const axePath = require.resolve("axe-core/axe.min.js");
export const base = process.env.BATON_URL;
export const samples = new URL("../../definitions/", import.meta.url);

const CANDIDATES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
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

export async function openBrowser() {
  const executablePath = CANDIDATES.find((it) => it && existsSync(it));
  if (!executablePath) throw new Error("No Chromium found: set CHROMIUM to its path.");
  return chromium.launch({ executablePath, args: ARGS });
}

/** A fresh page with storage of its own; `errors` collects what it throws, which no test may leave unread. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.errors = [];
  page.on("pageerror", (error) => page.errors.push(error.message));
  return page;
}

export async function rest(path, body) {
  const init =
    body === undefined
      ? {}
      : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`${base}/engine-rest${path}`, init);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : undefined;
}

export const history = async (id, ...types) =>
  (await rest(`/process-instance/${id}/history`)).filter((it) => types.includes(it.type));

export const instanceOf = (page) => decodeURIComponent(new URL(page.url()).pathname.split("/")[2]);

/** Notes the tokens that run along flows and the marks of elements from now on: they live for a moment only. */
export async function watchRuns(page) {
  await page.evaluate(() => {
    window.runs = { active: 0, undoing: 0 };
    window.marks = [];
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        for (const mark of target.classList) {
          const seen = `${target.dataset.elementId} ${mark}`;
          if (mark.startsWith("mark-") && !window.marks.includes(seen)) window.marks.push(seen);
        }
      }
    }).observe(document.body, { attributeFilter: ["class"], subtree: true });
    new MutationObserver((changes) => {
      for (const node of changes.flatMap((it) => [...it.addedNodes])) {
        if (!(node instanceof SVGElement) || !node.classList.contains("runs")) continue;
        window.runs[node.classList.contains("is-undoing") ? "undoing" : "active"] += 1;
      }
    }).observe(document.body, { childList: true, subtree: true });
  });
}

/** Waits until at least so many tokens were seen running: they start a moment after the words have changed. */
export const seenRunning = (page, look, atLeast = 1) =>
  page.waitForFunction(([kind, wanted]) => window.runs[kind] >= wanted, [look, atLeast], { timeout: 5_000 });

/** The marks seen so far among those wanted ("<element> mark-<state>"), in the order in which they came. */
export const marksSeen = (page, wanted) =>
  page.evaluate((some) => window.marks.filter((it) => some.includes(it)), wanted);

export const runs = (page) => page.evaluate(() => window.runs);

export const badge = (page, word, timeout = 30_000) =>
  page.locator(".bar .badge", { hasText: word }).waitFor({ timeout });

export const marked = (page, element, mark, timeout = 20_000) =>
  page.locator(`.djs-element.${mark}[data-element-id="${element}"]`).waitFor({ timeout, state: "attached" });

/** Opens the start dialog of a definition from the list. */
export async function beginStart(page, name) {
  // The instance page's chunk is fetched beforehand: on a busy machine the first steps would be over before it is there.
  await page.goto(`${base}/instances/nothing-00`);
  await page.getByRole("alert").waitFor();
  await page.getByRole("link", { name: "Definitions" }).click();
  await page.getByRole("button", { name: `Start ${name}`, exact: true }).click();
  await page.getByRole("dialog").waitFor();
}

export async function submitStart(page) {
  await page.getByRole("button", { name: /^Start version/ }).click();
  await page.waitForURL(/\/instances\/./);
  await page.locator('[data-testid="diagram"] .djs-element').first().waitFor();
}
