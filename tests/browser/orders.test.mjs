// The paths of order-fulfilment, started from the browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  badge,
  base,
  beginStart,
  history,
  instanceOf,
  marked,
  marksSeen,
  runs,
  samples,
  seenRunning,
  submitStart,
  useBrowser,
} from "./support.mjs";

/** @param {string} name of a file */
const order = (name) => readFileSync(new URL(`order-fulfilment/orders/${name}.json`, samples), "utf8");

const openPage = useBrowser();

/**
 * @param {TestPage} page
 * @param {string} json
 * @param {string} businessKey
 */
async function startWith(page, json, businessKey) {
  await beginStart(page, "Order fulfilment");
  await page.getByLabel("Business key").fill(businessKey);
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  await page.getByLabel("Variables (JSON)").fill(json);
  await submitStart(page);
}

/** @param {TestPage} page */
async function ledgerStates(page) {
  await page.getByRole("tab", { name: /Ledger/ }).click();
  await page.locator(".list li[data-seq]").first().waitFor();
  const lines = await page
    .locator(".list li[data-seq]")
    .evaluateAll((list) => list.map((it) => [it.dataset.seq, it.dataset.state]));
  return Object.fromEntries(lines);
}

test("an order that goes well, started by its form, runs to its end", async () => {
  const page = await openPage();
  await beginStart(page, "Order fulfilment");
  await page.getByLabel("Business key").fill("browser-happy");
  await page.getByLabel("Quantity *").fill("2");
  await submitStart(page);
  await badge(page, "Completed");
  await marked(page, "OrderFulfilled", "mark-done");
  await marked(page, "ToCharge", "mark-taken");
  await seenRunning(page, "active");
  assert.deepEqual(await ledgerStates(page), { 1: "kept", 2: "kept", 3: "kept" });
  await page.getByRole("tab", { name: "Variables" }).click();
  await page.locator('[data-variable="quantity"]').waitFor();
  assert.deepEqual(page.errors, []);
});

test("a rejected payment undoes the reservation and tells the customer", async () => {
  const page = await openPage();
  await startWith(page, order("payment-rejected"), "browser-rejected");
  await badge(page, "Undone");
  await marked(page, "ReserveInventory", "mark-undone");
  await marked(page, "OrderRejected", "mark-done");
  assert.deepEqual(await ledgerStates(page), { 1: "undone" });
  await seenRunning(page, "undoing");
  assert.deepEqual(page.errors, []);
});

test("a back order waits for stock and goes on when its message arrives", async () => {
  const page = await openPage();
  await startWith(page, order("backorder"), "browser-backorder");
  await page.locator(".layer-baton-tokens .token.is-waiting").waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Send a message…" }).click();
  await page.waitForFunction(() => {
    const field = document.querySelector("#message-name");
    return field instanceof HTMLInputElement && field.value === "StockArrived";
  });
  await page.getByRole("button", { name: "Send StockArrived" }).click();
  await badge(page, "Completed");
  await marked(page, "OrderFulfilled", "mark-done");
  await marked(page, "TryAgain", "mark-taken");
  assert.deepEqual(page.errors, []);
});

test("a back order that waits too long is undone in reverse, payment first, and seen so", async () => {
  const page = await openPage();
  await startWith(page, order("backorder-impatient"), "browser-impatient");
  await marked(page, "ChargePayment", "mark-undone");
  await marked(page, "ReserveInventory", "mark-undone");
  await badge(page, "Undone");
  for (const inOrder of [
    ["RefundPayment mark-undoing", "ReleaseInventory mark-undoing"],
    ["ChargePayment mark-undone", "ReserveInventory mark-undone"],
  ]) {
    assert.deepEqual(await marksSeen(page, inOrder), inOrder);
  }
  await marked(page, "OrderCancelled", "mark-done");
  await seenRunning(page, "undoing");
  assert.equal(await page.locator(".corner-undone").count(), 2);
  assert.deepEqual(await ledgerStates(page), { 1: "undone", 2: "undone" });
  const undone = await history(instanceOf(page), "UndoCompleted");
  assert.deepEqual(
    undone.map((it) => it.element),
    ["ChargePayment", "ReserveInventory"],
  );
  assert.deepEqual(page.errors, []);
});

/**
 * @param {TestPage} page
 * @param {string} businessKey
 */
async function waitForStock(page, businessKey) {
  await startWith(page, order("backorder"), businessKey);
  await page.locator(".layer-baton-tokens .token.is-waiting").waitFor({ state: "attached" });
}

test("an operator sees what would be undone, then undoes everything and cancels", async () => {
  const page = await openPage();
  await waitForStock(page, "browser-cancel");
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Undo everything and cancel…" }).click();
  await page.locator(".steps.is-undo li").first().waitFor();
  assert.deepEqual(await page.locator(".steps.is-undo li > :first-child").allTextContents(), [
    "Charge payment",
    "Reserve inventory",
  ]);
  assert.equal(await page.locator(".corner-plan.is-undo").count(), 2);
  await page.getByRole("button", { name: "Undo 2 and cancel" }).click();
  await badge(page, "Undone");
  assert.deepEqual(await ledgerStates(page), { 1: "undone", 2: "undone" });
  assert.deepEqual(page.errors, []);
});

test("the past is shown as it was, and now again", async () => {
  const page = await openPage();
  await startWith(page, order("happy"), "browser-past");
  await badge(page, "Completed");
  await page.getByRole("slider", { name: "Moment in the history" }).fill("8");
  await page.locator(".banner", { hasText: "As it was after event 8" }).waitFor();
  await marked(page, "ReserveInventory", "mark-active");
  await page.getByRole("button", { name: "Back to now" }).click();
  await marked(page, "OrderFulfilled", "mark-done");
  assert.deepEqual(page.errors, []);
});

test("without motion the states change too", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await startWith(page, order("payment-rejected"), "browser-still");
  await badge(page, "Undone");
  await marked(page, "ReserveInventory", "mark-undone");
  assert.deepEqual(await runs(page), { active: 0, undoing: 0 });
});

test("the list of instances changes by itself and keeps its filter in the URL", async () => {
  const list = await openPage();
  await list.goto(`${base}/instances`);
  const key = `browser-list-${Date.now().toString(36)}`;
  await list.getByLabel("Business key").fill(key);
  await list.waitForURL(new RegExp(`business=${key}`));
  await list.getByText("No instance matches").waitFor();
  const page = await openPage();
  await startWith(page, order("happy"), key);
  await list.locator("tbody tr", { hasText: key }).waitFor();
  await list.locator("tbody tr", { hasText: "Completed" }).waitFor();
  await list.reload();
  await list.locator("tbody tr", { hasText: key }).waitFor();
});
