// The properties panel offers what Baton runs, and stands open where one looks.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deployModels } from "./deployments.mjs";
import { base, findingsInThemes, rest, samples, until, useBrowser } from "./support.mjs";

const openPage = useBrowser();
const ticket = readFileSync(new URL("sysops-ticket/sysops-ticket.bpmn", samples), "utf8");

/**
 * @param {TestPage} page
 * @param {(xml: string) => string} change of the file before it is dropped
 */
async function dropTicket(page, change) {
  await page.goto(`${base}/designer`);
  await page.locator(".djs-palette").waitFor();
  const transfer = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "ticket.bpmn", { type: "application/xml" }));
    return data;
  }, change(ticket));
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
  await page.locator('.djs-element[data-element-id="ValidateTicket"]').waitFor();
}

/** @param {TestPage} page */
const options = (page) => page.locator("#bio-properties-panel-implementationType option").allTextContents();

test("a service task offers what runs, and opens where its problem is", async () => {
  const page = await openPage();
  await dropTicket(page, (xml) => xml.replace('camunda:topic="validate-ticket"', ""));
  await page.locator('.djs-element.mark-problem[data-element-id="ValidateTicket"]').waitFor({ state: "attached" });
  await page.locator('.djs-element[data-element-id="ValidateTicket"]').click({ position: { x: 20, y: 60 } });
  await page.getByLabel("Topic").waitFor();
  const offered = await options(page);
  assert.ok(offered.includes("External"), String(offered));
  assert.deepEqual(
    offered.filter((it) => /java|delegate/i.test(it)),
    [],
  );
  assert.deepEqual(page.errors, []);
});

test("what a file brings that does not run is shown with a word", async () => {
  const page = await openPage();
  const external = 'camunda:type="external" camunda:topic="validate-ticket"';
  await dropTicket(page, (xml) => xml.replace(external, 'camunda:class="com.example.Validate"'));
  await page.getByRole("button", { name: "Keep it as it is" }).click();
  await page.locator('.djs-element.mark-problem[data-element-id="ValidateTicket"]').waitFor({ state: "attached" });
  await page.locator('.djs-element[data-element-id="ValidateTicket"]').click({ position: { x: 20, y: 60 } });
  await page.locator("#bio-properties-panel-implementationType").waitFor();
  assert.ok((await options(page)).includes("Java class (does not run in Baton)"));
  await page.locator("#bio-properties-panel-implementationType").selectOption("external");
  await page.getByLabel("Topic").waitFor();
  assert.ok(!(await options(page)).some((it) => it.startsWith("Java")));
  assert.deepEqual(page.errors, []);
});

test("a flow shows its condition at once, and tests it with variables", async () => {
  const page = await openPage();
  await dropTicket(page, (xml) => xml);
  await page.locator('.djs-connection[data-element-id="ToAssign"] .djs-hit').click({ force: true });
  await page
    .locator('[data-group-id="group-CamundaPlatform__Condition"] .bio-properties-panel-group-entries.open')
    .waitFor();
  await page.getByRole("button", { name: "Test with variables…" }).click();
  const dialog = page.getByRole("dialog", { name: "Test the condition" });
  const variables = dialog.getByLabel("Variables (JSON)");
  await variables.fill('{"valid": true}');
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  await dialog.getByText("True: this flow is taken").waitFor();
  assert.deepEqual(await findingsInThemes(page), []);
  await variables.fill('{"valid": false}');
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  await dialog.getByText("False: this flow is not taken").waitFor();
  await variables.fill("{}");
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  await dialog.getByRole("alert").filter({ hasText: "valid" }).waitFor();
  assert.deepEqual(page.errors, []);
});

test("any expression is tried with the variables of an instance, found by its business key", async () => {
  await deployModels("ui-incident.bpmn");
  const variables = { ticket: { value: '{"hosts": ["db-1", "db-2"]}', type: "Json" } };
  await rest("/process-definition/key/ui-incident/start", { businessKey: "panel-expression", variables });
  const page = await openPage();
  await dropTicket(page, (xml) => xml);
  await page.locator('.djs-element[data-element-id="ValidateTicket"]').click({ position: { x: 20, y: 60 } });
  const group = page.locator('[data-group-id="group-baton-variables"]');
  await group.getByRole("button", { name: "Toggle section" }).click();
  await group.getByRole("button", { name: "Try an expression…" }).click();
  const dialog = page.getByRole("dialog", { name: "Try an expression" });
  await dialog.getByLabel("Variables of an instance").fill("panel-expression");
  await dialog.getByRole("button", { name: "Take them" }).click();
  await until(async () => /db-2/.test(await dialog.getByLabel("Variables (JSON)").inputValue()));
  await dialog.getByLabel("Expression").fill("=ticket.hosts[2]");
  await dialog.getByRole("button", { name: "Try", exact: true }).click();
  await dialog.getByRole("status").filter({ hasText: "Gives db-2 String" }).waitFor();
  assert.deepEqual(await findingsInThemes(page), []);
  await dialog.getByLabel("Expression").fill("=ticket +");
  await dialog.getByRole("button", { name: "Try", exact: true }).click();
  await dialog.getByRole("alert").filter({ hasText: "Expected" }).waitFor();
  assert.deepEqual(page.errors, []);
});

test("the variables that an element reads and writes are in the panel, and for the process who does", async () => {
  const page = await openPage();
  await dropTicket(page, (xml) => xml);
  await page.locator('.djs-element[data-element-id="ValidateTicket"]').click({ position: { x: 20, y: 60 } });
  const group = page.locator('[data-group-id="group-baton-variables"]');
  await group.getByRole("button", { name: "Toggle section" }).click();
  await group
    .getByText(/It names no variable|Reads|Writes/)
    .first()
    .waitFor();
  await page
    .locator('[data-testid="canvas"] .djs-container svg')
    .first()
    .click({ position: { x: 700, y: 560 } });
  await group.getByText("written by").first().waitFor();
  const first = group.locator(".linkish").first();
  const name = (await first.textContent()) ?? "";
  assert.match(name, /^(“.+”|the .+)$/);
  await first.click();
  await page.locator(".djs-element.selected").first().waitFor({ state: "attached" });
  await group
    .getByText(/Reads|Writes/)
    .first()
    .waitFor();
  assert.deepEqual(page.errors, []);
});
