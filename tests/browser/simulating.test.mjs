// A draft is run by the real engine before it is deployed: decided, stepped through, taken back, saved as a scenario.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deployModels, readModel } from "./deployments.mjs";
import { base, findingsInThemes, marked, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();

/** @param {TestPage} page */
async function simulateOrder(page) {
  const [definition] = await rest("/process-definition?key=order-fulfilment&latestVersion=true");
  await page.goto(`${base}/designer/${encodeURIComponent(definition.id)}`);
  await page.locator('.djs-element[data-element-id="ChargePayment"]').waitFor();
  await page.getByRole("button", { name: "Simulate" }).click();
  await page.locator("#simulate-variables").waitFor();
}

/** @param {TestPage} page @param {string} text */
const status = (page, text) => page.locator(".simulate-controls [role=status]", { hasText: text }).waitFor();

/** @param {TestPage} page @param {string} element */
const waitCard = (page, element) => page.locator(`[data-waits="${element}"]`);

/** @param {TestPage} page @param {string} element */
async function complete(page, element) {
  await waitCard(page, element).getByRole("button", { name: "Complete", exact: true }).last().click();
}

/** @param {TestPage} page */
async function begin(page) {
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await waitCard(page, "ReserveInventory").waitFor();
}

test("the back order is simulated: error decided, time let pass, everything undone, and saved as a scenario", async () => {
  const page = await openPage();
  await simulateOrder(page);
  await begin(page);
  await page.locator(".layer-baton-tokens .token.is-active").first().waitFor({ state: "attached" });

  await complete(page, "ReserveInventory");
  await waitCard(page, "ChargePayment").waitFor();
  await complete(page, "ChargePayment");
  const shipment = waitCard(page, "CreateShipment");
  await shipment.getByRole("button", { name: "BPMN error" }).click();
  await shipment.getByLabel("Code").fill("out-of-stock");
  await shipment.getByLabel("Variables (JSON)").fill('{"patience": "PT2M"}');
  await shipment.getByRole("button", { name: "Report the error" }).click();
  await waitCard(page, "StockArrived").waitFor();
  await status(page, "Waits for a message, or the time");
  await page.getByRole("tab", { name: "Variables" }).click();
  await page
    .locator('[data-variable="patience"]')
    .getByText(/ by Create shipment, error out-of-stock$/)
    .waitFor();
  await page.getByLabel("Find a variable by name or value").fill("PT2M");
  await page.waitForFunction(() => document.querySelectorAll("[data-variable]").length === 1);
  await page.getByRole("tab", { name: "Now" }).click();
  await page.getByRole("button", { name: "Let time pass to what is due next" }).click();
  await waitCard(page, "RefundPayment").waitFor();
  await complete(page, "RefundPayment");
  await waitCard(page, "ReleaseInventory").waitFor();
  await complete(page, "ReleaseInventory");
  await status(page, "It has ended");
  await marked(page, "ChargePayment", "mark-undone");

  await page.getByRole("tab", { name: "Scenarios" }).click();
  await page.locator("#scenario-name").fill("Back order");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.locator('[data-scenario="Back order"]').waitFor();
  await page.getByRole("button", { name: "Run all" }).click();
  await page.locator('[data-scenario="Back order"]', { hasText: "As expected" }).waitFor();
  await marked(page, "WaitedTooLong", "mark-covered");
  await marked(page, "SendConfirmation", "mark-missed");

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save as a file" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "order-fulfilment.back-order.scenario.json");
  const saved = JSON.parse(Buffer.concat(await (await download.createReadStream()).toArray()).toString());
  assert.deepEqual(
    saved.steps.map((/** @type {{ type: string }} */ it) => it.type),
    ["start", "complete", "complete", "error", "wait", "complete", "complete"],
  );
  assert.equal(saved.format, "baton-scenario/1");
  assert.deepEqual(saved.expect, {
    state: "completed",
    endElement: "OrderCancelled",
    undone: ["ChargePayment", "ReserveInventory"],
  });
  assert.deepEqual(page.errors, []);
});

test("a run stops at a breakpoint, and goes step by step and back, by keyboard", async () => {
  const page = await openPage();
  await simulateOrder(page);
  await page.locator('[data-testid="diagram"] .djs-element[data-element-id="OrderRejected"]').waitFor();
  await page.locator('[data-testid="diagram"] .djs-element[data-element-id="NotifyCustomer"]').click();
  await page.keyboard.press("b");
  await page.locator(".corner-breakpoint").waitFor({ state: "attached" });
  await page.keyboard.press("b");
  await page.locator(".corner-breakpoint").waitFor({ state: "detached" });
  await page.keyboard.press("b");
  await page.keyboard.press("Escape");
  await begin(page);
  await complete(page, "ReserveInventory");
  const charge = waitCard(page, "ChargePayment");
  await charge.getByRole("button", { name: "BPMN error" }).click();
  await charge.getByLabel("Code").fill("payment-rejected");
  await charge.getByRole("button", { name: "Report the error" }).click();
  await waitCard(page, "ReleaseInventory").waitFor();
  await complete(page, "ReleaseInventory");
  await page.locator(".toast", { hasText: "Stopped at a breakpoint" }).waitFor();
  await status(page, "Stopped on its way");

  await page.locator(".simulate-controls").click({ position: { x: 400, y: 20 } });
  await page.keyboard.press(".");
  await status(page, "Waits for 1 decision");
  await waitCard(page, "NotifyCustomer").waitFor();
  await page.keyboard.press(",");
  await status(page, "Stopped on its way");
  await page.keyboard.press("p");
  await waitCard(page, "NotifyCustomer").waitFor();
  await page.keyboard.press("r");
  await page.locator("#simulate-variables").waitFor();
  await page.getByRole("button", { name: "Back to drawing" }).click();
  await page.locator(".djs-palette").waitFor();
  assert.deepEqual(page.errors, []);
});

test("the timeline of a simulation asks the server for nothing of an instance", async () => {
  const page = await openPage();
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => {
    if (request.url().includes("/process-instance/")) asked.push(request.url());
  });
  await simulateOrder(page);
  await begin(page);
  await page.getByRole("button", { name: "Timeline" }).click();
  await page.getByRole("region", { name: "Timeline" }).getByText("Order received").waitFor();
  assert.deepEqual([asked, await page.locator(".toast").count()], [[], 0]);
});

test("what was done is undone in the simulation in the order that the ledger shows", async () => {
  const page = await openPage({ colorScheme: "dark" });
  await simulateOrder(page);
  await begin(page);
  await complete(page, "ReserveInventory");
  await waitCard(page, "ChargePayment").waitFor();
  await complete(page, "ChargePayment");
  await waitCard(page, "CreateShipment").waitFor();
  await page.getByRole("tab", { name: /Ledger/ }).click();
  assert.deepEqual(await page.locator(".panel [data-state=undoable] .seq").allTextContents(), ["1", "2"]);
  await page.locator(".corner-plan").first().waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Undo 2 and cancel" }).click();
  await page.getByRole("tab", { name: /Now/ }).click();
  await waitCard(page, "RefundPayment").waitFor();
  await complete(page, "RefundPayment");
  await waitCard(page, "ReleaseInventory").waitFor();
  await complete(page, "ReleaseInventory");
  await status(page, "It has ended");
  await marked(page, "ChargePayment", "mark-undone");
  assert.deepEqual(page.errors, []);
});

/** @param {TestPage} page @param {string} text */
const shown = (page, text) =>
  page.getByRole("navigation", { name: "Called processes" }).locator('[aria-current="page"]', { hasText: text });

test("a process that is called from another file of the draft, or deployed, is looked into while it is simulated", async () => {
  const inner = readModel("ui-inner.bpmn")
    .replaceAll("ui-inner", "beside-inner")
    .replaceAll("Inner process", "Beside it");
  const outer = readModel("ui-outer.bpmn").replaceAll("ui-outer", "beside-outer");
  await deployModels("ui-inner.bpmn");
  const cases = [
    { files: [outer.replaceAll("ui-inner", "beside-inner"), inner], called: "Beside it" },
    { files: [outer], called: "Inner process" },
  ];
  for (const { files, called } of cases) {
    const page = await openPage();
    await page.goto(`${base}/designer`);
    await page.locator(".hint-empty").waitFor();
    await page.setInputFiles(
      'input[type="file"]',
      files.map((text, index) => ({
        name: `${index}.bpmn`,
        mimeType: "application/xml",
        buffer: Buffer.from(text),
      })),
    );
    await page.locator('.djs-element[data-element-id="Call"]').waitFor();
    await page.getByRole("button", { name: "Simulate" }).click();
    const call = page.locator('[data-testid="diagram"] .djs-element[data-element-id="Call"]');
    await call.dblclick();
    await page.locator(".toast", { hasText: "Nothing has been called here yet" }).waitFor();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await waitCard(page, "Ask").waitFor();

    await call.dblclick();
    await shown(page, called).waitFor();
    await marked(page, "Ask", "mark-waiting");
    await page.locator(".history").getByText("Ask someone").first().waitFor();
    await page.locator('[data-testid="diagram"] svg[tabindex]').first().focus();
    await page.keyboard.press("u");
    await marked(page, "Call", "mark-active");
    await page.getByRole("button", { name: `Look into ${called}` }).click();
    await shown(page, called).waitFor();

    await complete(page, "Ask");
    await status(page, "It has ended");
    await marked(page, "Ask", "mark-done");
    await page.getByRole("button", { name: "Outer process" }).click();
    await marked(page, "Call", "mark-done");
    assert.deepEqual(await findingsInThemes(page), []);
    assert.deepEqual(page.errors, []);
  }
});
