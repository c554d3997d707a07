// Takes every screen in light and dark at three widths:  node screenshots.mjs ADDRESS FOLDER 'PLACES as JSON'
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launchChromium } from "./chromium.mjs";

/** @typedef {import("playwright-core").Page} Page */

const [base = "", folder = "", places = "{}"] = process.argv.slice(2);
/** @type {{ definition: string; waiting: string; undone: string; incident: string; task: string }} */
const ids = JSON.parse(places);
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

/** @param {Page} page */
const openMenu = (page) => page.getByRole("button", { name: "Actions" }).click();
/** @param {string} name */
const openTab = (name) => (/** @type {Page} */ page) => page.getByRole("tab", { name }).click();

/** @type {{ name: string; path: string; ready: string; act?: (page: Page) => Promise<void> }[]} */
const SCREENS = [
  { name: "overview", path: "/", ready: ".table, .nothing" },
  { name: "definitions", path: "/definitions", ready: ".table" },
  { name: "definition", path: `/definitions/${ids.definition}`, ready: ".djs-element" },
  {
    name: "start-dialog",
    path: "/definitions",
    ready: ".table",
    act: async (page) => {
      await page.getByRole("button", { name: "Start Order fulfilment", exact: true }).click();
      await page.getByLabel("Quantity *").waitFor();
    },
  },
  { name: "instances", path: "/instances", ready: ".table" },
  { name: "instances-empty", path: "/instances?business=none-like-this", ready: ".nothing" },
  { name: "instance-waiting", path: `/instances/${ids.waiting}`, ready: ".djs-element" },
  { name: "instance-menu", path: `/instances/${ids.waiting}`, ready: ".djs-element", act: openMenu },
  {
    name: "instance-undo-plan",
    path: `/instances/${ids.waiting}`,
    ready: ".djs-element",
    act: async (page) => {
      await openMenu(page);
      await page.getByRole("menuitem", { name: "Undo everything and cancel…" }).click();
      await page.locator(".steps li").first().waitFor();
    },
  },
  {
    name: "instance-move-plan",
    path: `/instances/${ids.waiting}`,
    ready: ".djs-element",
    act: async (page) => {
      await openMenu(page);
      await page.getByRole("menuitem", { name: "Move tokens…" }).click();
      await page.getByLabel("Goes to").selectOption("ChargePayment");
      await page.getByRole("button", { name: "Add to the plan" }).click();
      await page.locator(".steps li").first().waitFor();
    },
  },
  { name: "instance-undone", path: `/instances/${ids.undone}`, ready: ".djs-element" },
  { name: "instance-ledger", path: `/instances/${ids.undone}`, ready: ".djs-element", act: openTab("Ledger") },
  { name: "instance-variables", path: `/instances/${ids.undone}`, ready: ".djs-element", act: openTab("Variables") },
  { name: "instance-incident", path: `/instances/${ids.incident}`, ready: ".djs-element", act: openTab("Incidents") },
  { name: "instance-missing", path: "/instances/nothing-07", ready: ".nothing" },
  { name: "tasks", path: "/tasks", ready: ".table" },
  { name: "task", path: `/tasks/${ids.task}`, ready: "form" },
  { name: "task-diagram", path: `/tasks/${ids.task}`, ready: "form", act: openTab("Diagram") },
  { name: "task-history", path: `/tasks/${ids.task}`, ready: "form", act: openTab("History") },
  { name: "tasks-empty", path: "/tasks?text=none-like-this", ready: ".nothing" },
  { name: "task-missing", path: "/tasks/nothing-07.1", ready: ".nothing" },
  { name: "start", path: "/start", ready: ".choices a" },
  { name: "start-form", path: "/start/order-fulfilment", ready: "form" },
  { name: "start-missing", path: "/start/nothing", ready: ".nothing" },
  { name: "administration", path: "/administration", ready: ".table" },
  { name: "administration-groups", path: "/administration/groups", ready: ".table" },
  { name: "administration-keys", path: "/administration/keys", ready: ".table" },
  { name: "administration-empty", path: "/administration?text=none-like-this", ready: ".nothing" },
  {
    name: "administration-user",
    path: "/administration",
    ready: ".table",
    act: (page) => page.getByRole("button", { name: "Change anna" }).click(),
  },
  { name: "designer-empty", path: "/designer", ready: ".djs-palette" },
  { name: "designer", path: `/designer/${ids.definition}`, ready: ".djs-element" },
  {
    name: "shortcuts",
    path: "/",
    ready: ".table, .nothing",
    act: async (page) => {
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
    },
  },
  { name: "unknown-page", path: "/nowhere", ready: ".nothing" },
];

const browser = await launchChromium();
mkdirSync(folder, { recursive: true });
let failed = 0;
for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const viewport of SIZES) {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
    for (const screen of SCREENS) failed += await take(context, screen, `${colorScheme}-${viewport.width}`);
    await context.close();
  }
}
await browser.close();
if (failed) process.exit(1);

/**
 * Says which screen could not be taken, takes what is there instead, and goes on.
 * @param {import("playwright-core").BrowserContext} context
 * @param {typeof SCREENS[number]} screen
 * @param {string} look
 */
async function take(context, screen, look) {
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const file = join(folder, `${screen.name}-${look}.png`);
  let wrong = 0;
  try {
    await page.goto(base + screen.path);
    await page.locator(screen.ready).first().waitFor();
    await screen.act?.(page);
    await page.evaluate(() => document.fonts.ready);
  } catch (error) {
    console.error(`${screen.name}-${look}: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
    wrong = 1;
  }
  await page.screenshot({ path: file });
  await page.close();
  return wrong;
}
