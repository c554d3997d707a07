// The steps of the tutorial (docs/tutorial/order.md), once with the mouse and once with keys alone. Tests and pictures take them.
import { rest } from "./support.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** The task of this name. @param {Page} page @param {string} name */
export const task = (page, name) =>
  page.locator('.djs-shape[data-element-id^="Activity_"]', { hasText: new RegExp(name.replace(" ", "\\s*")) });

/** Chooses from an open menu and types the name, which is asked for right away.
 * @param {Page} page @param {string} what @param {string} name @param {"mouse" | "keys"} by */
async function choose(page, what, name, by) {
  await page.locator(".djs-popup input:focus").waitFor();
  await page.keyboard.type(what);
  if (by === "keys") await page.keyboard.press("Enter");
  else await page.locator(".djs-popup .entry", { hasText: new RegExp(`^\\s*${what}\\s*$`) }).click();
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
  await page.mouse.move(box.x + 260, box.y + 300);
  await page.locator(".djs-drag-group").waitFor({ state: "attached" });
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

/** Opens a menu of the canvas by its key. @param {Page} page @param {string} key @param {string} what @param {string} name */
async function press(page, key, what, name) {
  await canvasFocused(page);
  await page.keyboard.press(key);
  await choose(page, what, name, "keys");
}

/** Whether keys reach the canvas. @param {Page} page */
export const canvasFocused = (page) => page.locator(".djs-container svg:focus").first().waitFor();

/** The order process, with keys alone. @param {Page} page an empty canvas */
export async function drawByKeys(page) {
  await press(page, "n", "Start event", "Order received");
  await press(page, "a", "Service task", "Charge payment");
  await press(page, "a", "Compensation boundary event", "");
  await press(page, "a", "Service task", "Refund payment");
  // Back to the event on the border, and to its activity.
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  await press(page, "a", "Service task", "Create shipment");
  await press(page, "a", "End event", "Order shipped");
  await page.keyboard.press("k");
  await press(page, "a", "Error boundary event", "Back order");
  await press(page, "a", "Message intermediate catch event", "Stock arrived");
  for (let step = 0; step < 16; step += 1) await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("t");
  await page.locator(".djs-popup .entry", { hasText: "Create shipment" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await canvasFocused(page);
}

/** Goes on with Tab until something has the focus; wherever it comes by, the focus is seen.
 * @param {Page} page @param {import("playwright-core").Locator} what @param {"Tab" | "Shift+Tab"} key */
export async function tabTo(page, what, key = "Tab") {
  await what.waitFor();
  for (let step = 0; step < 60; step += 1) {
    if (await what.evaluate((it) => it === document.activeElement)) return;
    await page.keyboard.press(key);
    const unseen = await page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return null;
      const { outlineStyle, boxShadow } = getComputedStyle(at);
      const framed =
        outlineStyle !== "none" || boxShadow !== "none" || at.matches("input, select, textarea, [role=separator]");
      return framed && at.matches(":focus-visible") ? null : at.outerHTML.slice(0, 200);
    });
    if (unseen) throw new Error(`The focus is not seen on ${unseen}`);
  }
  throw new Error(`Tab does not lead to ${what}`);
}

/** Goes there and presses it. @param {Page} page @param {import("playwright-core").Locator} what @param {"Tab" | "Shift+Tab"} [key] */
export async function pressButton(page, what, key) {
  await tabTo(page, what, key);
  await page.keyboard.press("Enter");
}

/** Finds an instance in the list, and opens it. @param {Page} page @param {string} businessKey */
export async function openByKeys(page, businessKey) {
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await tabTo(page, page.getByLabel("Business key", { exact: true }));
  await page.keyboard.type(businessKey);
  await pressButton(page, page.locator("tbody").getByRole("link", { name: businessKey }));
  await page.waitForURL(/\/instances\/./);
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

export const ORDER = {
  customer: "Clara",
  item: "metronome",
  quantity: 1,
  amount: 49,
  card: "4242 4242 4242 4242",
  carrier: "post",
};
export const OUT_OF_STOCK = "grand-piano";

/**
 * @param {string} key of the process
 * @param {string} prefix of the business keys
 * @param {Record<string, unknown>[]} orders
 * @returns {Promise<string[]>} the ids of their instances
 */
export async function startOrders(key, prefix, orders) {
  const started = orders.map((values, index) =>
    rest(`/process-definition/key/${key}/start`, {
      businessKey: `${prefix}-${index + 1}`,
      variables: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
    }),
  );
  return (await Promise.all(started)).map((it) => it.id);
}

/** Fifty orders: the first one waits for stock, the second has no item, which its worker does not expect.
 * @param {string} key of the process @param {string} prefix of the business keys */
export function startFifty(key, prefix) {
  const { item: _, ...without } = ORDER;
  const others = Array.from({ length: 48 }, () => ORDER);
  return startOrders(key, prefix, [{ ...ORDER, item: OUT_OF_STOCK }, without, ...others]);
}
