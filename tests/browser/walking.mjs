// The steps of the tutorial (docs/tutorial/order.md), once with the mouse and once with keys alone. Tests and pictures take them.
import { rest } from "./support.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** The task of this name. @param {Page} page @param {string} name */
export const task = (page, name) =>
  page.locator('.djs-shape[data-element-id^="Activity_"]', { hasText: new RegExp(name.replace(" ", "\\s*")) });

/** Chooses from an open menu and types the name, which is asked for right away.
 * @param {Page} page @param {string} what @param {string} name @param {"mouse" | "keys"} by */
async function choose(page, what, name, by) {
  await page.locator(".djs-popup input").fill(what);
  const entry = page.locator(".djs-popup .entry", { hasText: new RegExp(`^\\s*${what}\\s*$`) });
  await entry.waitFor();
  if (by === "mouse") await entry.click();
  else {
    await page.locator(".djs-popup .entry.selected", { hasText: new RegExp(`^\\s*${what}\\s*$`) }).waitFor();
    await page.keyboard.press("Enter");
  }
  await page.locator(".djs-direct-editing-content").waitFor();
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await page.locator(".djs-direct-editing-content").waitFor({ state: "detached" });
}

/** @param {Page} page @param {string} what @param {string} name */
async function append(page, what, name) {
  await page.locator('.djs-context-pad.open [data-action="append"]').click();
  await choose(page, what, name, "mouse");
}

/** @param {Page} page */
export async function openEmptyCanvas(page, base = "") {
  await page.goto(`${base}/designer`);
  await page.locator(".hint-empty").waitFor();
  await page.locator(".djs-palette").waitFor();
}

/** The order process, with the mouse. @param {Page} page an empty canvas */
export async function drawByMouse(page) {
  const box = await page.locator('[data-testid="canvas"]').boundingBox();
  if (!box) throw new Error("The canvas is not shown.");
  await page.locator('.djs-palette [data-action="create.start-event"]').click();
  await page.mouse.click(box.x + 260, box.y + 300);
  await page.locator(".djs-direct-editing-content").waitFor();
  await page.keyboard.type("Order received");
  await page.keyboard.press("Enter");
  await append(page, "Service task", "Charge payment");
  await append(page, "Compensation boundary event", "");
  await append(page, "Service task", "Refund payment");
  await task(page, "Charge payment").click({ position: { x: 20, y: 60 } });
  await append(page, "Service task", "Create shipment");
  await append(page, "End event", "Order shipped");
  await task(page, "Create shipment").click({ position: { x: 20, y: 60 } });
  await append(page, "Error boundary event", "Back order");
  await append(page, "Message intermediate catch event", "Stock arrived");
  await dragBy(page, page.locator(".djs-shape.selected"), -160, 20);
  await page.locator('.djs-context-pad.open [data-action="connect"]').click();
  await task(page, "Create shipment").click({ position: { x: 20, y: 60 } });
}

/** @param {Page} page @param {import("playwright-core").Locator} what @param {number} x @param {number} y */
async function dragBy(page, what, x, y) {
  const box = await what.boundingBox();
  if (!box) throw new Error("There is nothing to drag.");
  const from = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + x / 2, from.y + y / 2, { steps: 4 });
  await page.mouse.move(from.x + x, from.y + y, { steps: 4 });
  await page.mouse.up();
}

/** What the check finds in the drawn process, in the order in which the walk repairs it. */
export const FINDINGS = [
  ["“Charge payment” does not say who does the work", "Fix: give it the topic charge-payment"],
  ["“Refund payment” does not say who does the work", "Fix: give it the topic refund-payment"],
  ["“Create shipment” does not say who does the work", "Fix: give it the topic create-shipment"],
  ["“Stock arrived” does not say which message", "Fix: give it the message “Stock arrived”"],
];

/** A card of the simulation: what an element waits for. @param {Page} page @param {string} name */
export const card = (page, name) => page.locator("[data-waits]", { hasText: name });

const FINE = {
  customer: "Clara",
  item: "metronome",
  quantity: 1,
  amount: 49,
  card: "4242 4242 4242 4242",
  carrier: "post",
};

/**
 * Starts fifty orders: one of them waits for stock, one has no item, which its worker does not expect.
 * @param {string} key of the process
 * @param {string} prefix of the business keys
 */
export async function startFifty(key, prefix) {
  /** @param {number} number @param {Record<string, unknown>} values */
  const start = (number, values) =>
    rest(`/process-definition/key/${key}/start`, {
      businessKey: `${prefix}-${number}`,
      variables: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
    });
  const { item: _, ...without } = FINE;
  const first = await Promise.all([start(1, { ...FINE, item: "grand-piano" }), start(2, without)]);
  const others = await Promise.all(Array.from({ length: 48 }, (_, index) => start(index + 3, FINE)));
  return [...first, ...others].map((it) => it.id);
}
