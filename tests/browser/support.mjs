// What every browser test needs: Chromium, a page that reports its own errors, the REST API, patience.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before } from "node:test";
import { axePath, launchChromium } from "./chromium.mjs";

const axe = readFileSync(axePath, "utf8");
export const base = process.env.BATON_URL ?? "";
export const samples = new URL("../../definitions/", import.meta.url);

/** Long enough for a machine that is busy with something else: what goes wrong does not get better by waiting. */
const PATIENCE_MS = 60_000;

/**
 * Chromium for the tests of one file; the answer opens a fresh page with storage of its own.
 * @param {string[]} [flags] of Chromium
 */
export function useBrowser(flags) {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launchChromium(flags);
  });
  after(async () => {
    // A request that a test still holds back would be answered on a page that is gone.
    const pages = browser.contexts().flatMap((context) => context.pages());
    await Promise.all(pages.map((page) => page.unrouteAll({ behavior: "ignoreErrors" })));
    await browser.close();
  });

  /** @param {import("playwright-core").BrowserContextOptions} options */
  return async function openPage(options = {}) {
    return openTab(await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options }));
  };
}

/** A page that shares cache and storage with others. @param {import("playwright-core").BrowserContext} context */
export async function openTab(context) {
  /** @type {TestPage} */
  const page = Object.assign(await context.newPage(), { errors: [] });
  page.setDefaultTimeout(PATIENCE_MS);
  page.on("pageerror", (error) => page.errors.push(error.message));
  await page.addInitScript(watchRuns);
  return page;
}

/**
 * @param {string} path
 * @param {unknown} [body] sent, if given: as JSON, or as the form that it is
 * @param {string} [method] of what has a body
 */
export async function rest(path, body, method = "POST") {
  const form = body instanceof FormData;
  const sent = form ? { body } : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const init = body === undefined ? {} : { method, ...sent };
  const answer = await fetch(`${base}/engine-rest${path}`, init);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : undefined;
}

/**
 * Starts an order of the samples.
 * @param {string} name of its file
 * @param {string} businessKey
 * @returns {Promise<string>} the id of the instance
 */
export async function startOrder(name, businessKey) {
  const order = JSON.parse(readFileSync(new URL(`order-fulfilment/orders/${name}.json`, samples), "utf8"));
  const variables = Object.fromEntries(Object.entries(order).map(([key, value]) => [key, { value }]));
  return (await rest("/process-definition/key/order-fulfilment/start", { businessKey, variables })).id;
}

/**
 * @param {string} id
 * @param {string[]} types of the events that are wanted
 * @returns {Promise<{ type: string; element: string }[]>}
 */
export async function history(id, ...types) {
  /** @type {{ type: string; element: string }[]} */
  const events = await rest(`/process-instance/${id}/history`);
  return events.filter((it) => types.includes(it.type));
}

/** @param {TestPage} page of an instance */
export const instanceOf = (page) => decodeURIComponent(new URL(page.url()).pathname.split("/")[2] ?? "");

/** Runs in the page before anything else: notes what lives for a moment only. */
function watchRuns() {
  window.runs = { active: 0, undoing: 0 };
  window.marks = [];
  /** @param {HTMLElement | SVGElement} target */
  const noteMarks = (target) => {
    for (const mark of target.classList) {
      const seen = `${target.dataset.elementId} ${mark}`;
      if (mark.startsWith("mark-") && !window.marks.includes(seen)) window.marks.push(seen);
    }
  };
  new MutationObserver((changes) => {
    for (const { target } of changes) noteMarks(/** @type {HTMLElement} */ (target));
  }).observe(document, { attributeFilter: ["class"], subtree: true });
  new MutationObserver((changes) => {
    for (const node of changes.flatMap((it) => [...it.addedNodes])) {
      if (!(node instanceof SVGElement) || !node.classList.contains("runs")) continue;
      window.runs[node.classList.contains("is-undoing") ? "undoing" : "active"] += 1;
    }
  }).observe(document, { childList: true, subtree: true });
}

/** @param {TestPage} page */
export const forgetRuns = (page) =>
  page.evaluate(() => {
    window.runs = { active: 0, undoing: 0 };
  });

/**
 * Waits until a token was seen running: it starts a moment after the words have changed.
 * @param {TestPage} page
 * @param {"active" | "undoing"} look
 */
export const seenRunning = (page, look) => page.waitForFunction((kind) => window.runs[kind] > 0, look);

/**
 * The marks seen so far among those wanted, in the order in which they came.
 * @param {TestPage} page
 * @param {string[]} wanted "<element> mark-<state>"
 */
export const marksSeen = (page, wanted) =>
  page.evaluate((some) => window.marks.filter((it) => some.includes(it)), wanted);

/** @param {TestPage} page */
export const runs = (page) => page.evaluate(() => window.runs);

/**
 * @param {TestPage} page
 * @param {string} word
 */
export const badge = (page, word) => page.locator(".bar .badge", { hasText: word }).waitFor();

/**
 * @param {TestPage} page
 * @param {string} element
 * @param {string} mark
 */
export const marked = (page, element, mark) =>
  page.locator(`.djs-element.${mark}[data-element-id="${element}"]`).waitFor({ state: "attached" });

/**
 * Opens the start dialog of a definition from the list.
 * @param {TestPage} page
 * @param {string} name of the definition
 */
export async function beginStart(page, name) {
  // The instance page's chunk is fetched beforehand: on a busy machine the first steps would be over before it is there.
  await page.goto(`${base}/instances/nothing-00`);
  await page.getByRole("alert").waitFor();
  await page.getByRole("link", { name: "Definitions", exact: true }).click();
  await page.getByRole("button", { name: `Start ${name}`, exact: true }).click();
  await page.getByRole("dialog").waitFor();
}

/** @param {TestPage} page */
export async function submitStart(page) {
  await page.getByRole("button", { name: /^Start version/ }).click();
  await page.waitForURL(/\/instances\/./);
  await page.locator('[data-testid="diagram"] .djs-element').first().waitFor();
}

/**
 * What axe finds wrong on a page.
 * @param {TestPage} page
 */
export async function findings(page) {
  // Evaluated, not added as a script: the page forbids scripts that are not its own.
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    window.axe.run(
      // The properties panel, palette and minimap are bpmn.io's: their markup is not ours to change.
      { exclude: [".bio-properties-panel", ".djs-palette", ".djs-minimap"] },
      {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
        // Selectors of all that is right would take longer than the search for what is wrong.
        resultTypes: ["violations"],
      },
    ),
  );
  return found.violations.map(
    (it) =>
      `${it.id}: ${it.help}: ${it.nodes
        .slice(0, 3)
        .map((node) => node.html.slice(0, 140))
        .join(" | ")}`,
  );
}

/**
 * The same in either theme, for what is no screen of its own.
 * @param {TestPage} page
 */
export async function findingsInThemes(page) {
  /** @type {string[]} */
  const found = [];
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await findings(page)).map((it) => `${colorScheme}: ${it}`));
  }
  return found;
}

/**
 * What is cut off at the right edge of the screen, outside of boxes that may scroll on purpose.
 * @param {TestPage} page
 */
export const findCut = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("#app *")]
      .filter(
        (it) =>
          it instanceof HTMLElement && !it.closest(".djs-container, .bio-properties-panel, .visually-hidden, .skip"),
      )
      .filter((it) => {
        const { right, width, height } = it.getBoundingClientRect();
        return width > 0 && height > 0 && right > window.innerWidth + 1;
      })
      .map((it) => `${it.tagName}.${it.className}: ${it.textContent?.slice(0, 40)}`),
  );

/**
 * Waits until something that no page shows has come true.
 * @param {() => Promise<boolean>} check
 */
export async function until(check) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await check())) {
    assert.ok(Date.now() < deadline, "it has not come true");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
