// Every screen: where it is, when it is there, and what opens it.

import { fileURLToPath } from "node:url";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Route} Route */

/**
 * @typedef {object} Screen
 * @property {string} name
 * @property {string} path
 * @property {string} ready a selector
 * @property {(page: Page) => Promise<unknown>} [act] what opens it
 * @property {(route: Route) => Promise<void>} [answer] instead of what the API would answer
 */

/**
 * Opens a screen, and waits until it is there.
 * @param {Page} page
 * @param {string} base
 * @param {Screen} screen
 */
export async function openScreen(page, base, { path, ready, act, answer }) {
  if (answer) await page.route("**/engine-rest/**", answer);
  await page.goto(base + path);
  await page.locator(ready).first().waitFor();
  await act?.(page);
}

/** @typedef {{ definition: string; choosing: string; unused: string; waiting: string; undone: string; incident: string; failing: string; task: string; faulty: string; letter: string; batch: string; observed: string }} Places */

/** @param {Page} page */
const openMenu = (page) => page.getByRole("button", { name: "Actions" }).click();
/** @param {string} name */
const openTab = (name) => async (/** @type {Page} */ page) => {
  await page.getByRole("tab", { name }).click();
  await page.locator(".loading").first().waitFor({ state: "detached" });
};
/** @param {Page} page */
const isNarrow = (page) => (page.viewportSize()?.width ?? 0) <= 760;
/** Below 760 px the panel of the designer is put away. @param {Page} page */
async function showPanel(page) {
  const button = page.getByRole("button", { name: "Properties", exact: true });
  if ((await button.getAttribute("aria-pressed")) === "false") await button.click();
}

/** @param {string} name of a button */
const click = (name) => (/** @type {Page} */ page) => page.getByRole("button", { name, exact: true }).click();
/** @param {string} label of an entry of the menu "More" */
const choose = (label) => async (/** @type {Page} */ page) => {
  await click("More")(page);
  await page.getByRole("menuitem", { name: label }).click();
  await page.getByRole("dialog").waitFor();
};
/** @param {Page} page */
async function openDeploySheet(page) {
  await click("Deploy")(page);
  await page.getByRole("dialog").locator(".kind").first().waitFor();
}
/** Opens what a button asks for. @param {string} name of the button */
const ask = (name) => async (/** @type {Page} */ page) => {
  await click(name)(page);
  await page.getByRole("dialog").waitFor();
};
/** Opens what an entry of a menu asks for. @param {string} menu @param {string} label */
const askIn = (menu, label) => async (/** @type {Page} */ page) => {
  await click(menu)(page);
  await page.getByRole("menuitem", { name: label }).click();
  await page.getByRole("dialog").waitFor();
};
/** Chooses what is on the page, for what is done to many; below 760 px the first row, since there are no heads. @param {string} region */
const chooseSome = (region) => async (/** @type {Page} */ page) => {
  if (isNarrow(page)) await page.locator("tbody .choose input").first().check();
  else await page.getByLabel("Choose all on this page").check();
  await page.getByRole("region", { name: region }).waitFor();
};
/** Below 760 px the history is put away at first. @param {Page} page */
async function showTimeline(page) {
  const timeline = page.getByRole("button", { name: "Timeline", exact: true });
  if (!(await timeline.isVisible())) await click("History")(page);
  await timeline.click();
}
/** @param {Page} page */
async function showProblems(page) {
  await click("Problems")(page);
  await page.locator(".problem").first().waitFor();
}
/** @param {number} status */
const refuse = (status) => (/** @type {Route} */ route) =>
  route.fulfill({ status, json: { type: "Error", message: "Expected a store that answers, but it does not" } });

/** @param {Page} page */
async function openVariables(page) {
  await showPanel(page);
  const group = page.locator('[data-group-id="group-baton-variables"]');
  await group.getByRole("button", { name: "Toggle section" }).click();
  return group;
}

/** @param {Places} ids @returns {Screen[]} */
export const listScreens = (ids) => [
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
  { name: "task-comments", path: `/tasks/${ids.task}`, ready: "form", act: openTab("Comments") },
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
  {
    name: "shortcuts-designer",
    path: "/designer",
    ready: ".djs-palette",
    act: async (page) => {
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
    },
  },
  { name: "instances-chosen", path: "/instances?state=waiting", ready: ".table", act: chooseSome("Chosen instances") },
  {
    name: "instances-cancel-many",
    path: "/instances?state=waiting",
    ready: ".table",
    act: async (page) => {
      await chooseSome("Chosen instances")(page);
      await page.getByRole("button", { name: /^Cancel \d+…/ }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "instances-move-many",
    path: "/instances?definition=order-fulfilment&version=1&state=waiting",
    ready: ".table",
    act: async (page) => {
      await chooseSome("Chosen instances")(page);
      await page.getByRole("button", { name: /^Move tokens of \d+…/ }).click();
      const sheet = page.getByRole("dialog");
      await sheet.locator(".djs-element").first().waitFor();
      await sheet.getByLabel("Element").selectOption("ChargePayment");
      await sheet.getByRole("button", { name: "Start before it" }).click();
    },
  },
  {
    name: "instances-migrate-many",
    path: `/instances?definition=ui-incident&version=${ids.failing}&state=incident`,
    ready: ".table",
    act: async (page) => {
      await chooseSome("Chosen instances")(page);
      await page.getByRole("button", { name: /^Migrate \d+…/ }).click();
      await page.getByRole("dialog").getByText("Do the work").first().waitFor();
    },
  },
  {
    name: "instances-filter",
    path: "/instances?business=order",
    ready: ".table",
    act: (page) => page.getByLabel("Add a filter").selectOption({ label: "Variable" }),
  },
  {
    name: "instances-columns",
    path: "/instances",
    ready: ".table",
    act: async (page) => {
      if (!isNarrow(page)) await page.locator("summary", { hasText: "Columns" }).click();
    },
  },
  {
    name: "instance-message",
    path: `/instances/${ids.waiting}`,
    ready: ".djs-element",
    act: askIn("Actions", "Send a message…"),
  },
  {
    name: "instance-migrate",
    path: `/instances/${ids.waiting}`,
    ready: ".djs-element",
    act: askIn("Actions", "Migrate…"),
  },
  {
    name: "instance-cancel-plan",
    path: `/instances/${ids.waiting}`,
    ready: ".djs-element",
    act: async (page) => {
      await openMenu(page);
      await page.getByRole("menuitem", { name: "Cancel without undoing…" }).click();
      await page.locator(".plan").waitFor();
    },
  },
  {
    name: "instance-add-variable",
    path: `/instances/${ids.waiting}`,
    ready: ".djs-element",
    act: async (page) => {
      await openTab("Variables")(page);
      await ask("Add a variable")(page);
    },
  },
  {
    name: "instance-edit-and-retry",
    path: `/instances/${ids.incident}`,
    ready: ".djs-element",
    act: async (page) => {
      await openTab("Incidents")(page);
      await ask("Edit and retry…")(page);
    },
  },
  {
    name: "instance-skip",
    path: `/instances/${ids.incident}`,
    ready: ".djs-element",
    act: async (page) => {
      await openTab("Incidents")(page);
      await ask("Skip…")(page);
    },
  },
  { name: "task-new", path: "/tasks", ready: ".table", act: ask("New task…") },
  { name: "task-assign", path: `/tasks/${ids.task}`, ready: "form", act: askIn("Task actions", "Assign to…") },
  { name: "task-delegate", path: `/tasks/${ids.task}`, ready: "form", act: askIn("Task actions", "Delegate…") },
  { name: "task-put-off", path: `/tasks/${ids.task}`, ready: "form", act: askIn("Task actions", "Put off until…") },
  { name: "task-due", path: `/tasks/${ids.task}`, ready: "form", act: askIn("Task actions", "Set the due date…") },
  { name: "task-who", path: "/tasks", ready: ".table", act: ask("Say who you are") },
  { name: "administration-audit", path: "/administration/audit", ready: ".table" },
  {
    name: "administration-entry",
    path: "/administration/audit",
    ready: ".table",
    act: async (page) => {
      await page.locator("tbody").getByRole("button").first().click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "administration-error",
    path: "/administration",
    ready: ".nothing",
    answer: refuse(500),
  },
  { name: "administration-audit-error", path: "/administration/audit", ready: ".nothing", answer: refuse(500) },
  { name: "administration-new-user", path: "/administration", ready: ".table", act: ask("New user") },
  { name: "administration-group", path: "/administration/groups", ready: ".table", act: ask("Change night-shift") },
  { name: "administration-new-group", path: "/administration/groups", ready: ".table", act: ask("New group") },
  { name: "administration-new-key", path: "/administration/keys", ready: ".table", act: ask("New API key") },
  { name: "administration-revoke", path: "/administration/keys", ready: ".table", act: ask("Revoke payments") },
  { name: "first-administrator", path: "/first-administrator?token=none", ready: "form" },
  {
    name: "designer-files",
    path: `/designer/draft/${ids.faulty}`,
    ready: ".djs-element",
    act: choose("Forms and decisions"),
  },
  {
    name: "designer-form",
    path: `/designer/draft/${ids.faulty}`,
    ready: ".djs-element",
    act: async (page) => {
      await choose("Forms and decisions")(page);
      await page
        .getByRole("dialog")
        .getByRole("button", { name: /order-form|order.form|Edit/ })
        .first()
        .click();
      await page.getByRole("region", { name: /^Form / }).waitFor();
    },
  },
  {
    name: "designer-template",
    path: `/designer/${ids.definition}`,
    ready: ".djs-element",
    act: async (page) => {
      const task = page.locator('.djs-element[data-element-id="ChargePayment"] > .djs-hit').first();
      await task.click({ force: true });
      await showPanel(page);
      await ask("Use a template…")(page);
    },
  },
  {
    name: "designer-variables",
    path: `/designer/${ids.definition}`,
    ready: ".djs-element",
    act: async (page) => {
      const group = await openVariables(page);
      await group.getByText("written by").first().waitFor();
    },
  },
  {
    name: "designer-expression",
    path: `/designer/${ids.definition}`,
    ready: ".djs-element",
    act: async (page) => {
      await openVariables(page);
      await ask("Try an expression…")(page);
    },
  },
  {
    name: "designer-condition",
    path: `/designer/${ids.choosing}`,
    ready: ".djs-element",
    act: async (page) => {
      await page.locator('.djs-connection[data-element-id="LowRisk"] .djs-hit').click({ force: true });
      await showPanel(page);
      await ask("Test with variables…")(page);
    },
  },
  {
    name: "designer-convert",
    path: "/designer",
    ready: ".djs-palette",
    act: async (page) => {
      await page.setInputFiles(
        'input[type="file"]',
        fileURLToPath(new URL("../convert/corpus/drawn.bpmn", import.meta.url)),
      );
      await page.getByRole("dialog").waitFor();
    },
  },
  { name: "designer-error", path: `/designer/${ids.definition}`, ready: ".nothing", answer: refuse(500) },
  { name: "start-error", path: "/start", ready: ".nothing", answer: refuse(500) },
  { name: "task-error", path: `/tasks/${ids.task}`, ready: ".task-panel .nothing", answer: refuse(500) },
  {
    name: "lost",
    path: "/",
    ready: ".table, .nothing",
    act: async (page) => {
      await page.route("**/engine-rest/**", (route) => route.abort());
      await page.locator(".banner.lost").waitFor({ timeout: 60_000 });
    },
  },
  { name: "unknown-page", path: "/nowhere", ready: ".nothing" },
  { name: "overview-error", path: "/", ready: ".nothing", answer: refuse(500) },
  { name: "definitions-error", path: "/definitions", ready: ".nothing", answer: refuse(500) },
  { name: "definition-empty", path: `/definitions/${ids.unused}`, ready: ".djs-element" },
  { name: "definition-error", path: `/definitions/${ids.definition}`, ready: ".nothing", answer: refuse(500) },
  {
    name: "definition-heat",
    path: `/definitions/${ids.definition}`,
    ready: ".djs-element",
    act: click("Median duration"),
  },
  { name: "observed", path: `/definitions/${ids.observed}`, ready: ".layer-baton-tokens .token" },
  {
    name: "observed-heat",
    path: `/definitions/${ids.observed}?show=frequency`,
    ready: ".djs-element",
  },
  { name: "instances-error", path: "/instances", ready: ".nothing", answer: refuse(500) },
  { name: "instance-error", path: `/instances/${ids.waiting}`, ready: ".nothing", answer: refuse(500) },
  { name: "instance-past", path: `/instances/${ids.undone}?at=20`, ready: ".djs-element" },
  { name: "instance-timeline", path: `/instances/${ids.undone}`, ready: ".djs-element", act: showTimeline },
  { name: "tasks-error", path: "/tasks", ready: ".nothing", answer: refuse(500) },
  { name: "designer-problems", path: `/designer/draft/${ids.faulty}`, ready: ".djs-element", act: showProblems },
  {
    name: "designer-versions",
    path: `/designer/draft/${ids.faulty}`,
    ready: ".djs-element",
    act: choose("Versions of"),
  },
  { name: "designer-drafts", path: `/designer/draft/${ids.faulty}`, ready: ".djs-element", act: choose("Drafts…") },
  {
    name: "designer-delete-draft",
    path: "/designer",
    ready: ".djs-palette",
    act: async (page) => {
      await choose("Drafts…")(page);
      await page
        .getByRole("button", { name: /^Delete the draft / })
        .first()
        .click();
      await page.getByRole("button", { name: "Keep it" }).waitFor();
    },
  },
  { name: "designer-templates", path: "/designer", ready: ".djs-palette", act: choose("New from a template") },
  { name: "designer-xml", path: `/designer/draft/${ids.faulty}`, ready: ".djs-element", act: choose("Show the XML") },
  { name: "designer-deploy", path: `/designer/draft/${ids.faulty}`, ready: ".djs-element", act: openDeploySheet },
  {
    name: "simulation",
    path: `/designer/${ids.definition}`,
    ready: ".djs-element",
    act: async (page) => {
      await click("Simulate")(page);
      await click("Start")(page);
      await page.locator("[data-waits]").first().waitFor();
    },
  },
  {
    name: "simulation-scenarios",
    path: `/designer/${ids.definition}`,
    ready: ".djs-element",
    act: async (page) => {
      await click("Simulate")(page);
      await openTab("Scenarios")(page);
    },
  },
  { name: "approvals-empty", path: "/approvals", ready: ".nothing" },
  { name: "approvals-error", path: "/approvals", ready: ".nothing", answer: refuse(500) },
  { name: "batches", path: "/batches", ready: ".table" },
  { name: "batches-empty", path: "/batches?page=99", ready: ".nothing" },
  { name: "batches-error", path: "/batches", ready: ".nothing", answer: refuse(500) },
  { name: "batch", path: `/batches/${ids.batch}`, ready: ".task-panel .facts" },
  {
    name: "batch-stop",
    path: `/batches/${ids.batch}`,
    ready: ".task-panel .facts",
    act: ask("Stop…"),
  },
  { name: "batch-missing", path: "/batches/nothing-07", ready: ".task-panel .nothing" },
  { name: "dead-letters", path: "/dead-letters", ready: ".table" },
  { name: "dead-letters-empty", path: "/dead-letters?text=none-like-this", ready: ".nothing" },
  { name: "dead-letters-error", path: "/dead-letters", ready: ".nothing", answer: refuse(500) },
  { name: "dead-letters-chosen", path: "/dead-letters", ready: ".table", act: chooseSome("Chosen dead letters") },
  { name: "dead-letter", path: `/dead-letters/${ids.letter}`, ready: ".tree" },
  { name: "dead-letter-edit", path: `/dead-letters/${ids.letter}`, ready: ".tree", act: click("Edit") },
  { name: "dead-letter-drop", path: `/dead-letters/${ids.letter}`, ready: ".tree", act: ask("Drop…") },
  { name: "dead-letter-missing", path: "/dead-letters/nothing-07", ready: ".task-panel .nothing" },
  { name: "sign-in", path: "/", ready: "form", answer: refuse(401) },
];
