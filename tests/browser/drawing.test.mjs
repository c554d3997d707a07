// What the designer says and does while somebody draws; the walk (walk.test.mjs) draws a whole process.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base, marked, rest, useBrowser } from "./support.mjs";
import { canvasFocused, openEmptyCanvas } from "./walking.mjs";

const openPage = useBrowser();

/** Keys that are all on their way before the page has seen the first one; a finger is still on a letter when the next key
 * goes down. @param {TestPage} page */
async function useFastKeys(page) {
  const client = await page.context().newCDPSession(page);
  /** @param {...string} keys */
  return (...keys) => {
    const events = keys.flatMap((key, index) => {
      const text = key === "Enter" ? "\r" : key.length === 1 ? key : undefined;
      const windowsVirtualKeyCode = key === "Enter" ? 13 : undefined;
      const up = keys[index - 1];
      return [
        { type: /** @type {const} */ ("keyDown"), key, text, windowsVirtualKeyCode },
        ...(up ? [{ type: /** @type {const} */ ("keyUp"), key: up }] : []),
      ];
    });
    return Promise.all(events.map((event) => client.send("Input.dispatchKeyEvent", event)));
  };
}

/** @param {TestPage} page */
async function drawApproval(page) {
  const box = await page.locator('[data-testid="canvas"]').boundingBox();
  assert.ok(box);
  await page.locator('.djs-palette [data-action="create.start-event"]').click();
  await page.mouse.click(box.x + 260, box.y + 260);
  await page.locator('.djs-context-pad [data-action="append.append-task"]').click();
  // Appending opens the label editor: what is typed becomes the name.
  await page.keyboard.press("Escape");
  await page.locator('.djs-context-pad [data-action="replace"]').click();
  await page.locator('.djs-popup [data-id="replace-with-user-task"]').click();
  await page.locator('.djs-context-pad [data-action="append.end-event"]').click();
  await page.keyboard.press("Escape");
}

test("problems are listed, marked on the canvas, and a click on one selects its element", async () => {
  const page = await openPage();
  await page.goto(`${base}/designer`);
  await page.locator(".djs-palette").waitFor();
  await drawApproval(page);
  await page
    .locator('.djs-element[data-element-id^="Activity_"]')
    .first()
    .click({ position: { x: 50, y: 40 } });
  await page.locator('.djs-context-pad [data-action="replace"]').click();
  await page.locator('.djs-popup [data-id="replace-with-service-task"]').click();
  const problem = page.locator(".problem", { hasText: "does not say who does the work" }).first();
  await problem.waitFor();
  const element = (await problem.getAttribute("data-element")) ?? "";
  await marked(page, element, "mark-problem");
  await page.locator("[data-testid=canvas]").click({ position: { x: 500, y: 480 } });
  await problem.locator(".says").click();
  await page.locator(`.djs-element.selected[data-element-id="${element}"]`).waitFor({ state: "attached" });

  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await page.locator("#process-name").fill("Never deployed");
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: "1 error: repair it first" }).waitFor();
  assert.equal(await sheet.getByRole("button", { name: "Deploy version 1" }).isDisabled(), true);
  assert.deepEqual(page.errors, []);
});

test("menus lose no key, however fast one types", async () => {
  const page = await openPage();
  const hit = await useFastKeys(page);
  await openEmptyCanvas(page, base);
  await canvasFocused(page);
  await hit("n", ..."Start event", "Enter", ..."Asked", "Enter");
  await hit("a", ..."User task", "Enter", ..."Decide", "Enter");
  await hit("a", ..."End event", "Enter", ..."Answered", "Enter");
  for (const name of ["Asked", "Decide", "Answered"]) await page.locator(".djs-label", { hasText: name }).waitFor();
  // From the start event a flow can lead to the task, which is first in the list, and to the end.
  await hit("k", "k", "t", "ArrowDown", "Enter");
  const flow = page.locator(".djs-connection").nth(2);
  await flow.waitFor({ state: "attached" });
  const [way, task] = await Promise.all([
    flow.boundingBox(),
    page.locator(".djs-shape", { hasText: "Decide" }).boundingBox(),
  ]);
  assert.ok(way && task && way.x + way.width > task.x + task.width, "the flow leads beyond the task");
  assert.deepEqual(page.errors, []);
});

test("the very first change to a deployed diagram counts as one", async () => {
  const page = await openPage();
  const [definition] = await rest("/process-definition?key=order-fulfilment&latestVersion=true");
  await page.goto(`${base}/designer/${encodeURIComponent(definition.id)}`);
  await page.locator(".saved", { hasText: `Version ${definition.version}` }).waitFor();
  await page.locator('.djs-element[data-element-id="ChargePayment"]').click({ position: { x: 20, y: 60 } });
  await page.keyboard.press("Delete");
  await page.locator(".saved", { hasText: "Not deployed" }).waitFor();
  await page.keyboard.press("Control+z");
  await page.locator('.djs-element[data-element-id="ChargePayment"]').waitFor();
  assert.deepEqual(page.errors, []);
});

test("a worker's attempts are limited in the properties panel", async () => {
  const page = await openPage();
  const [definition] = await rest("/process-definition?key=order-fulfilment&latestVersion=true");
  await page.goto(`${base}/designer/${encodeURIComponent(definition.id)}`);
  await page.locator('.djs-element[data-element-id="ChargePayment"]').click({ position: { x: 20, y: 60 } });
  await page.locator('[data-group-id="group-baton-worker"] .bio-properties-panel-group-header').click();
  const field = page.getByLabel("Timeout of an attempt");
  await field.fill("PT10M");
  await field.blur();
  await page.locator(".saved", { hasText: "draft saved" }).waitFor();
  const draft = await rest(new URL(page.url()).pathname.replace("/designer", ""));
  assert.match(draft.bpmn, /baton:timeout="PT10M"/);
  assert.deepEqual(page.errors, []);
});

test("a file is opened by dropping it and exported again as BPMN and SVG", async () => {
  const page = await openPage({ colorScheme: "dark" });
  await page.goto(`${base}/designer`);
  await page.locator(".djs-palette").waitFor();
  const xml = await (await fetch(`${base}/engine-rest/process-definition/key/order-fulfilment/xml`))
    .json()
    .then((it) => it.bpmn20Xml);
  const transfer = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "order.bpmn", { type: "application/xml" }));
    return data;
  }, xml);
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
  await page.locator('.djs-element[data-element-id="ChargePayment"]').waitFor();
  for (const { label, pattern, holds } of [
    { label: "Export BPMN", pattern: /\.bpmn$/, holds: "camunda:topic" },
    { label: "Export SVG", pattern: /\.svg$/, holds: "<svg" },
  ]) {
    await page.getByRole("button", { name: "More" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: label }).click(),
    ]);
    assert.match(download.suggestedFilename(), pattern);
    const text = (
      await download.createReadStream().then(async (stream) => Buffer.concat(await stream.toArray()))
    ).toString();
    assert.ok(text.includes(holds));
    assert.ok(!text.includes("var(--"), "an exported file must not depend on the theme");
  }
  assert.deepEqual(page.errors, []);
});
