// The walk of the tutorial: drawn from nothing, told what is wrong, repaired by Fix, simulated, deployed, operated.
// Once with the mouse, once with keys alone: a page that has no focus where it is awaited fails here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { badge, base, rest, until, useBrowser } from "./support.mjs";
import {
  canvasFocused,
  card,
  drawByKeys,
  drawByMouse,
  FINDINGS,
  ORDER,
  OUT_OF_STOCK,
  openByKeys,
  openEmptyCanvas,
  pressButton,
  startFifty,
  startOrders,
  tabTo,
} from "./walking.mjs";

const openPage = useBrowser();

/** @param {TestPage} page */
const problems = (page) => page.locator(".problems [role=status]");

test("the order process is drawn, repaired, simulated, deployed, and its instances are repaired, taken back and replayed", async () => {
  const page = await openPage();
  await openEmptyCanvas(page, base);
  await drawByMouse(page);

  await page.getByRole("button", { name: "Problems" }).click();
  for (const [says, label] of FINDINGS) {
    const found = page.locator(".problem", { hasText: says });
    await found.getByRole("button", { name: label }).click();
    await found.waitFor({ state: "detached" });
  }
  await problems(page).filter({ hasText: "none" }).waitFor();

  await page.getByRole("button", { name: "Simulate" }).click();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await card(page, "Charge payment").getByRole("button", { name: "Complete", exact: true }).last().click();
  const shipment = card(page, "Create shipment");
  await shipment.getByRole("button", { name: "BPMN error" }).click();
  await shipment.getByLabel("Code").fill("out-of-stock");
  await shipment.getByRole("button", { name: "Report the error" }).click();
  await card(page, "Stock arrived").getByRole("button", { name: "Send" }).click();
  await shipment.getByRole("button", { name: "Complete", exact: true }).last().click();
  await page.locator(".simulate-controls [role=status]", { hasText: "It has ended" }).waitFor();
  await page.getByRole("tab", { name: /Scenarios/ }).click();
  await page.locator("#scenario-name").fill("Back order");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Run all" }).click();
  await page.locator('[data-scenario="Back order"]', { hasText: "As expected" }).waitFor();
  await page.getByRole("button", { name: "Back to drawing" }).click();

  const name = `Order ${Date.now().toString(36)}`;
  const key = name.toLowerCase().replace(" ", "-");
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await page.locator("#process-name").fill(name);
  await page.getByRole("button", { name: "Deploy version 1" }).click();
  await page.locator(".saved", { hasText: "Version 1" }).waitFor();
  const [definition] = await rest(`/process-definition?key=${key}&latestVersion=true`);
  const files = await rest(`/deployment/${encodeURIComponent(definition.deploymentId)}/resources`);
  assert.ok(files.some((/** @type {{ name: string }} */ it) => it.name === `${key}.back-order.scenario.json`));

  await until(async () => (await rest(`/draft?processDefinitionKey=${key}`)).length === 0);

  const ids = await startFifty(key, key);
  await page.getByRole("link", { name: "Overview", exact: true }).click();
  await page.locator("tbody tr", { hasText: name }).getByRole("link", { name: "Show Create shipment" }).click();
  await page.getByRole("button", { name: "Edit and retry…" }).click();
  const variables = page.getByLabel("Variables of the instance (JSON)");
  await variables.fill(JSON.stringify({ ...JSON.parse(await variables.inputValue()), item: "metronome" }));
  await page.getByRole("button", { name: "Save and retry Create shipment" }).click();
  await badge(page, "Completed");

  await page.goto(`${base}/instances/${ids[0]}`);
  await badge(page, "Waits for a message");
  await page.getByLabel("Look at an element").selectOption({ label: "Charge payment" });
  await page.getByRole("button", { name: "Undo and go back to here…" }).click();
  await page.getByRole("button", { name: "Undo 1 and go back to Charge payment" }).click();
  await page.locator(".history li", { hasText: "Refund payment" }).first().waitFor();
  await page.locator(".facts", { hasText: "2 of 2" }).waitFor();

  await page.goto(`${base}/instances/${ids[1]}`);
  await badge(page, "Completed");
  await page.getByLabel("Speed").selectOption("8");
  await page.getByRole("button", { name: "Play the history" }).click();
  await page.locator(".banner", { hasText: "As it was after event" }).waitFor();
  await page.locator(".banner", { hasText: "As it was after event" }).waitFor({ state: "detached" });
  assert.deepEqual(page.errors, []);
});

test("each task of the walk is done with keys alone, and the focus is always seen", async () => {
  const page = await openPage();
  /** @param {string} name @param {"Tab" | "Shift+Tab"} [key] */
  const press = (name, key) => pressButton(page, page.getByRole("button", { name, exact: true }), key);
  const { item, ...failing } = ORDER;
  await openEmptyCanvas(page, base);
  await drawByKeys(page);

  await press("Problems");
  await page.locator(".problem").first().waitFor();
  for (const [says, label] of FINDINGS) {
    const found = page.locator(".problem", { hasText: says });
    await pressButton(page, found.getByRole("button", { name: label }));
    await found.waitFor({ state: "detached" });
  }
  await problems(page).filter({ hasText: "none" }).waitFor();
  await canvasFocused(page);

  await page.keyboard.press("Control+Enter");
  await press("Start");
  await pressButton(page, card(page, "Charge payment").getByRole("button", { name: "Complete", exact: true }).last());
  const shipment = card(page, "Create shipment");
  await pressButton(page, shipment.getByRole("button", { name: "BPMN error" }));
  await tabTo(page, shipment.getByLabel("Code"));
  await page.keyboard.type("out-of-stock");
  await pressButton(page, shipment.getByRole("button", { name: "Report the error" }));
  await pressButton(page, card(page, "Stock arrived").getByRole("button", { name: "Send" }));
  await pressButton(page, shipment.getByRole("button", { name: "Complete", exact: true }).last());
  await page.locator(".simulate-controls [role=status]", { hasText: "It has ended" }).waitFor();
  await tabTo(page, page.getByRole("tab", { name: /Now/ }), "Shift+Tab");
  await page.keyboard.press("ArrowLeft");
  await tabTo(page, page.locator("#scenario-name"));
  await page.keyboard.type("Back order");
  await page.keyboard.press("Enter");
  await press("Run all");
  await page.locator('[data-scenario="Back order"]', { hasText: "As expected" }).waitFor();
  await page.keyboard.press("Control+Enter");
  await canvasFocused(page);

  const name = `Keys ${Date.now().toString(36)}`;
  await page.keyboard.press("Control+s");
  await tabTo(page, page.locator("#process-name"));
  await page.keyboard.type(name);
  await press("Deploy version 1");
  await page.locator(".saved", { hasText: "Version 1" }).waitFor();

  const key = name.toLowerCase().replace(" ", "-");
  await press("Start…");
  await tabTo(page, page.getByLabel("Business key"));
  await page.keyboard.type(`${key}-waits`);
  await tabTo(page, page.getByLabel("Variables (JSON)"));
  await page.keyboard.press("Control+A");
  await page.keyboard.type(JSON.stringify({ ...ORDER, item: OUT_OF_STOCK }));
  await press("Start version 1");
  await page.waitForURL(/\/instances\/./);
  await startOrders(key, key, [failing, ORDER]);
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await pressButton(
    page,
    page.locator("tbody tr", { hasText: name }).getByRole("link", { name: "Show Create shipment" }),
  );
  await page.locator(".djs-element.selected", { hasText: "Create" }).waitFor({ state: "attached" });
  await tabTo(page, page.locator('[data-testid="diagram"] .djs-container svg').first());
  await page.keyboard.press("Enter");
  await press("Edit and retry…");
  await tabTo(page, page.getByLabel("Variables of the instance (JSON)"));
  await page.keyboard.press("Control+A");
  await page.keyboard.type(JSON.stringify({ ...failing, item }));
  await press("Save and retry Create shipment");
  await badge(page, "Completed");

  await openByKeys(page, `${key}-waits`);
  await badge(page, "Waits for a message");
  await tabTo(page, page.locator('[data-testid="diagram"] .djs-container svg').first());
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.locator(".djs-element.selected", { hasText: "Charge" }).waitFor({ state: "attached" });
  await page.keyboard.press("Enter");
  await press("Undo and go back to here…");
  await press("Undo 1 and go back to Charge payment");
  await page.locator(".history li", { hasText: "Refund payment" }).first().waitFor();

  await openByKeys(page, `${key}-2`);
  await badge(page, "Completed");
  await tabTo(page, page.getByLabel("Speed"));
  await page.keyboard.type("8");
  await press("Play the history", "Shift+Tab");
  await page.locator(".banner", { hasText: "As it was after event" }).waitFor();
  await page.locator(".banner", { hasText: "As it was after event" }).waitFor({ state: "detached" });
  assert.deepEqual(page.errors, []);
});
