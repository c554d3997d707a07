// Takes the pictures of README and tutorial:  node pictures.mjs ADDRESS FOLDER
// The address comes by BATON_URL too, as for the tests, whose steps are taken here.
import { join } from "node:path";
import { launchChromium } from "./chromium.mjs";
import { badge, base, marked, rest, startOrder } from "./support.mjs";
import { card, drawByMouse, FINDINGS, openEmptyCanvas, startFifty } from "./walking.mjs";

const folder = process.argv[3] ?? ".";
const browser = await launchChromium();
const context = await browser.newContext({ viewport: { width: 1280, height: 760 }, colorScheme: "light" });
const page = Object.assign(await context.newPage(), { errors: [] });
page.setDefaultTimeout(20_000);

/** @param {string} name */
const take = async (name) => {
  await page.mouse.move(640, 2);
  await page.screenshot({ path: join(folder, `${name}.png`) });
};

await openEmptyCanvas(page, base);
await drawByMouse(page);
await page.getByRole("button", { name: "Problems" }).click();
await page.locator(".problem", { hasText: "which message" }).waitFor();
await page.getByRole("button", { name: "Fit the diagram" }).click();
await page.keyboard.press("Escape");
await take("tutorial-problems");

for (const [says, label] of FINDINGS) {
  const found = page.locator(".problem", { hasText: says });
  await found.getByRole("button", { name: label }).click();
  await found.waitFor({ state: "detached" });
}
await page.getByRole("button", { name: "Simulate" }).click();
await page.getByRole("button", { name: "Start", exact: true }).click();
await card(page, "Charge payment").getByRole("button", { name: "Complete", exact: true }).last().click();
const shipment = card(page, "Create shipment");
await shipment.getByRole("button", { name: "BPMN error" }).click();
await shipment.getByLabel("Code").fill("out-of-stock");
await shipment.getByRole("button", { name: "Report the error" }).click();
await card(page, "Stock arrived").waitFor();
await take("tutorial-simulation");
await page.getByRole("button", { name: "Back to drawing" }).click();

await page.getByRole("button", { name: "Deploy", exact: true }).click();
await page.locator("#process-name").fill("Order");
await page.locator("button:enabled", { hasText: "Deploy version 1" }).waitFor();
await take("tutorial-deploy");
await page.getByRole("button", { name: "Deploy version 1" }).click();
await page.locator(".saved", { hasText: "Version 1" }).waitFor();

const [waits, , fine] = await startFifty("order", "A");
await page.goto(`${base}/`);
await page.getByRole("link", { name: "Show Create shipment" }).waitFor();
await take("tutorial-overview");
await page.getByRole("link", { name: "Show Create shipment" }).click();
await page.getByRole("button", { name: "Edit and retry…" }).waitFor();
await take("tutorial-incident");

await page.goto(`${base}/instances/${waits}`);
await badge(page, "Waits for a message");
await page.getByLabel("Look at an element").selectOption({ label: "Charge payment" });
await page.getByRole("button", { name: "Undo and go back to here…" }).click();
await page.getByRole("button", { name: "Undo 1 and go back to Charge payment" }).waitFor();
await take("tutorial-rollback");

await page.goto(`${base}/instances/${fine}`);
await badge(page, "Completed");
await page.getByRole("slider", { name: "Moment in the history" }).fill("12");
await page.locator(".banner", { hasText: "As it was after event" }).waitFor();
await take("tutorial-replay");

const [definition] = await rest("/process-definition?key=order-fulfilment&latestVersion=true");
await page.goto(`${base}/designer/${encodeURIComponent(definition.id)}`);
await page.locator('.djs-element[data-element-id="ChargePayment"]').click({ position: { x: 20, y: 60 } });
await take("designer");

await page.goto(`${base}/instances/${await startOrder("backorder-impatient", "order-1042")}`);
await page.getByRole("tab", { name: /Ledger/ }).click();
await marked(page, "ReserveInventory", "mark-undoing");
await take("instance-undoing");
await browser.close();
