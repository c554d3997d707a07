// Through the history: slider, diagram, list, bars and variables show the same moment, by mouse, keyboard and address.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deploy } from "./deployments.mjs";
import { draw } from "./diagrams.mjs";
import { badge, base, findings, history, marked, rest, startOrder, useBrowser } from "./support.mjs";

const openPage = useBrowser();

const BESIDE = "ui-work-beside-waiting";

/**
 * An order that was undone: payment first, then the reservation.
 * @param {TestPage} page
 * @param {string} businessKey
 * @returns {Promise<string>} its id
 */
async function openUndone(page, businessKey) {
  const id = await startOrder("backorder-impatient", businessKey);
  await page.goto(`${base}/instances/${id}`);
  await badge(page, "Undone");
  return id;
}

/** @param {TestPage} page */
const slider = (page) => page.getByRole("slider", { name: "Moment in the history" });

test("slider, diagram, list, variables and address show the same moment", async () => {
  const page = await openPage();
  const id = await openUndone(page, "travel-together");
  /** @type {any[]} */
  const undoing = await history(id, "UndoStarted");
  const at = undoing[0].position;
  await slider(page).fill(String(at));
  await marked(page, "ChargePayment", "mark-undoing");
  await marked(page, "ReserveInventory", "mark-done");
  await page.waitForFunction((position) => new URL(location.href).searchParams.get("at") === String(position), at);
  // The first event that is dimmed comes after the moment.
  const later = await page.locator(".history li.is-later .pos").first().textContent();
  assert.ok(Number(later) > at);
  const state = await rest(`/process-instance/${id}/state?at=${at}`);
  await page.getByRole("tab", { name: "Variables" }).click();
  await page.locator("[data-variable]").first().waitFor();
  const names = await page.locator("[data-variable]").evaluateAll((list) => list.map((it) => it.dataset.variable));
  assert.deepEqual(names.sort(), Object.keys(state.variables[0]).sort());
  await page.reload();
  await marked(page, "ChargePayment", "mark-undoing");
  assert.equal(await slider(page).inputValue(), String(at));
  assert.deepEqual(page.errors, []);
});

test("the bars of the elements lie behind the slider and in rows over time, undoing in a colour of its own", async () => {
  const page = await openPage();
  const id = await openUndone(page, "travel-bars");
  for (const look of ["undone", "undoing", "done", "cancelled"])
    await page.locator(`.travel .bars .is-${look}`).waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Timeline", exact: true }).click();
  const row = page.locator(".gantt li", { hasText: "Refund payment" });
  await row.locator(".is-undoing").waitFor({ state: "attached" });
  await page.locator(".gantt li", { hasText: "Charge payment" }).locator(".is-undone").waitFor({ state: "attached" });
  assert.deepEqual(await findings(page), []);
  await row.locator(".bars").scrollIntoViewIfNeeded();
  const bars = await row.locator(".bars").boundingBox();
  assert.ok(bars);
  await page.mouse.click(bars.x + bars.width / 2, bars.y + bars.height / 2);
  await page.locator(".banner", { hasText: /As it was after event \d+, at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/ }).waitFor();
  const [began, ended] = await history(id, "InstanceStarted", "InstanceEnded").then((list) =>
    list.map((/** @type {any} */ it) => Date.parse(it.at)),
  );
  /** @type {any[]} */
  const before = (await rest(`/process-instance/${id}/history`)).filter(
    (/** @type {any} */ it) => Date.parse(it.at) <= (Number(began) + Number(ended)) / 2,
  );
  const shown = Number(await slider(page).inputValue());
  assert.ok(Math.abs(shown - before.at(-1).position) <= 3, `${shown}, ${before.at(-1).position}`);
  await row.getByRole("button", { name: "Refund payment" }).click();
  await page.locator('.djs-element.selected[data-element-id="RefundPayment"]').waitFor({ state: "attached" });
});

/** Work that nobody does, under a limit of time, beside what only waits. */
async function startWorkBesideWaiting() {
  const timer = (/** @type {string} */ time) =>
    `<bpmn:timerEventDefinition><bpmn:timeDuration>${time}</bpmn:timeDuration></bpmn:timerEventDefinition>`;
  const work = `camunda:type="external" camunda:topic="${BESIDE}"`;
  const xml = draw(
    [
      { id: "Start", type: "startEvent", x: 0, y: 50 },
      { id: "Fork", type: "parallelGateway", x: 100, y: 50 },
      { id: "Work", type: "serviceTask", x: 250, y: 50, attributes: work },
      { id: "Limit", type: "boundaryEvent", x: 250, y: 90, attributes: 'attachedToRef="Work"', inner: timer("PT1H") },
      { id: "Choice", type: "eventBasedGateway", x: 250, y: 200 },
      { id: "Soon", type: "intermediateCatchEvent", x: 400, y: 200, inner: timer("PT1H") },
      { id: "Later", type: "intermediateCatchEvent", x: 400, y: 300, inner: timer("PT2H") },
      { id: "End", type: "endEvent", x: 550, y: 50 },
    ],
    [
      ["begin", "Start", "Fork"],
      ["to-work", "Fork", "Work"],
      ["to-choice", "Fork", "Choice"],
      ["to-soon", "Choice", "Soon"],
      ["to-later", "Choice", "Later"],
      ["worked", "Work", "End"],
      ["limited", "Limit", "End"],
      ["soon", "Soon", "End"],
      ["later", "Later", "End"],
    ],
    BESIDE,
  );
  await deploy({ [`${BESIDE}.bpmn`]: xml });
  return (await rest(`/process-definition/key/${BESIDE}/start`, {})).id;
}

test("what waits looks different in the timeline from what works, whatever limit the work has", async () => {
  const page = await openPage();
  const id = await startWorkBesideWaiting();
  await page.goto(`${base}/instances/${id}`);
  for (const look of ["waiting", "active"])
    await page.locator(`.travel .bars .is-${look}`).waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Timeline", exact: true }).click();
  const barOf = (/** @type {string} */ name) => page.locator(".gantt li", { hasText: name }).locator(".bars path");
  await barOf("Choice").and(page.locator(".is-waiting")).waitFor({ state: "attached" });
  await barOf("Work").and(page.locator(".is-active")).waitFor({ state: "attached" });
  const [waiting, working] = await Promise.all(
    ["Choice", "Work"].map((name) => barOf(name).evaluate((it) => getComputedStyle(it).stroke)),
  );
  assert.notEqual(waiting, working);
  // Its task would be in the lists of other files.
  await rest(`/process-instance/${id}`, {}, "DELETE");
});

test("the history is played at the speed that is chosen, and by keyboard", async () => {
  const page = await openPage();
  await openUndone(page, "travel-speed");
  const speed = page.getByLabel("Speed");
  await speed.selectOption("8");
  const [given, needed] = await speed.evaluate((it) => {
    const { width } = it.getBoundingClientRect();
    it.style.width = "max-content";
    return [width, it.getBoundingClientRect().width];
  });
  assert.ok(Number(given) >= Number(needed), `each speed can be read whole: ${given} of ${needed} px`);
  await slider(page).focus();
  await page.keyboard.press("Space");
  await page.locator(".banner", { hasText: "As it was after event" }).waitFor();
  await page.locator(".banner", { hasText: "As it was after event" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Play the history" }).waitFor();
  await page.keyboard.press("ArrowLeft");
  await page.locator(".banner", { hasText: "As it was after event" }).waitFor();
  assert.deepEqual(page.errors, []);
});
