// What surrounds drawing: undo and redo to see, zoom, search, copy without permission, the file as XML and PNG, all keys.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base, findingsInThemes, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();

/** @param {TestPage} page */
async function openOrder(page) {
  const [definition] = await rest("/process-definition?key=order-fulfilment&latestVersion=true");
  await page.goto(`${base}/designer/${encodeURIComponent(definition.id)}`);
  await page.locator(".saved", { hasText: "Version" }).waitFor();
}

/** @param {TestPage} page */
const charge = (page) => page.locator('.djs-element[data-element-id="ChargePayment"]');

test("undo, redo, zoom and search are buttons that say whether they can do something", async () => {
  const page = await openPage();
  await openOrder(page);
  const tools = page.getByRole("toolbar", { name: "Diagram" });
  const undo = tools.getByRole("button", { name: "Undo" });
  assert.equal(await undo.isDisabled(), true);
  await charge(page).click({ position: { x: 20, y: 60 } });
  await page.keyboard.press("Delete");
  await charge(page).waitFor({ state: "detached" });
  await undo.click();
  await charge(page).waitFor();
  await tools.getByRole("button", { name: "Redo" }).click();
  await charge(page).waitFor({ state: "detached" });
  await undo.click();

  const width = async () => (await charge(page).boundingBox())?.width ?? 0;
  const before = await width();
  await tools.getByRole("button", { name: "Zoom in" }).click();
  assert.ok((await width()) > before);
  await tools.getByRole("button", { name: "Find an element" }).click();
  await page.locator(".djs-search-input input").pressSequentially("Charge payment");
  await page.keyboard.press("Enter");
  await page.locator('.djs-element.selected[data-element-id="ChargePayment"]').waitFor({ state: "attached" });
  assert.deepEqual(await findingsInThemes(page), []);
  assert.deepEqual(page.errors, []);
});

test("what is copied is pasted where the browser does not allow to use the clipboard", async () => {
  const page = await openPage();
  await page.addInitScript(() => {
    const refuse = () => Promise.reject(new DOMException("denied", "NotAllowedError"));
    Object.defineProperty(navigator, "clipboard", { value: { writeText: refuse, readText: refuse } });
  });
  await openOrder(page);
  const shapes = page.locator('.djs-shape[data-element-id]:not([data-element-id$="_label"])');
  const count = await shapes.count();
  await charge(page).click({ position: { x: 20, y: 60 } });
  await page.keyboard.press("Control+c");
  await page.keyboard.press("Control+v");
  const box = await page.locator('[data-testid="canvas"]').boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + 500, box.y + 620);
  await page.mouse.click(box.x + 520, box.y + 630);
  await page.waitForFunction(
    (most) => document.querySelectorAll('.djs-shape[data-element-id]:not([data-element-id$="_label"])').length > most,
    count,
  );
  assert.deepEqual(page.errors, []);
});

test("the XML is shown with each problem at its line, and leads to the element", async () => {
  const page = await openPage();
  await openOrder(page);
  await charge(page).click({ position: { x: 20, y: 60 } });
  await page.keyboard.press("Delete");
  await page.locator(".saved", { hasText: "Not deployed" }).waitFor();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Show the XML" }).click();
  const dialog = page.getByRole("dialog");
  const problem = dialog.locator(".xml-problem").first();
  await problem.waitFor();
  const line = (await problem.locator("xpath=preceding-sibling::div[contains(@class,'xml-line')]").textContent()) ?? "";
  assert.deepEqual(await findingsInThemes(page), []);
  await problem.getByRole("button", { name: "Show it" }).click();
  const selected = page.locator(".djs-element.selected[data-element-id]").first();
  await selected.waitFor({ state: "attached" });
  assert.ok(line.includes(`id="${await selected.getAttribute("data-element-id")}"`), line);
  assert.deepEqual(page.errors, []);
});

test("the diagram is exported as PNG", async () => {
  const page = await openPage({ colorScheme: "dark" });
  await openOrder(page);
  await page.getByRole("button", { name: "More" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "Export PNG" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "order-fulfilment.png");
  const bytes = Buffer.concat(await (await download.createReadStream()).toArray());
  assert.equal(bytes.subarray(1, 4).toString(), "PNG");
  assert.ok(bytes.readUInt32BE(16) > 1000, "wide enough to read");
  assert.deepEqual(page.errors, []);
});

test("on a low screen the palette scrolls to its last entry", async () => {
  const page = await openPage({ viewport: { width: 1024, height: 420 } });
  await openOrder(page);
  const last = page.locator('.djs-palette [data-action="create-element"], .djs-palette .entry').last();
  await last.scrollIntoViewIfNeeded();
  const [entry, canvas] = [await last.boundingBox(), await page.locator('[data-testid="canvas"]').boundingBox()];
  assert.ok(entry && canvas && entry.y + entry.height <= canvas.y + canvas.height);
  await last.click();
  assert.deepEqual(page.errors, []);
});

test("the help sheet lists the keys of the designer", async () => {
  const page = await openPage();
  await openOrder(page);
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  for (const key of ["Ctrl D", "Ctrl F", "Enter / Esc", "Ctrl 0"])
    await sheet.getByText(key, { exact: true }).first().waitFor();
  assert.deepEqual(page.errors, []);
});
