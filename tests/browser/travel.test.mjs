// Through the history: slider, diagram, list, bars and variables show the same moment, by mouse, keyboard and address.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { badge, base, findings, history, marked, rest, samples, useBrowser } from "./support.mjs";

const openPage = useBrowser();

/**
 * An order that was undone: payment first, then the reservation.
 * @param {TestPage} page
 * @param {string} businessKey
 * @returns {Promise<string>} its id
 */
async function openUndone(page, businessKey) {
  const order = JSON.parse(readFileSync(new URL("order-fulfilment/orders/backorder-impatient.json", samples), "utf8"));
  const variables = Object.fromEntries(Object.entries(order).map(([name, value]) => [name, { value }]));
  const { id } = await rest("/process-definition/key/order-fulfilment/start", { businessKey, variables });
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

test("the history is played at the speed that is chosen, and by keyboard", async () => {
  const page = await openPage();
  await openUndone(page, "travel-speed");
  await page.getByLabel("Speed").selectOption("8");
  await slider(page).focus();
  await page.keyboard.press("Space");
  await page.locator(".banner", { hasText: "As it was after event" }).waitFor();
  await page.locator(".banner", { hasText: "As it was after event" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Play the history" }).waitFor();
  await page.keyboard.press("ArrowLeft");
  await page.locator(".banner", { hasText: "As it was after event" }).waitFor();
  assert.deepEqual(page.errors, []);
});
