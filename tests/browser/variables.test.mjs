// Variables: found, read as a tree, copied, changed, and how each came to be what it is.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deployModels } from "./deployments.mjs";
import { base, findings, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();

before(() => deployModels("ui-incident.bpmn"));

const ORDER = { customer: { name: "Ada", address: { city: "London" } }, lines: [{ sku: "A-1" }, { sku: "B-2" }] };

/** @param {TestPage} page */
async function openVariables(page) {
  const variables = {
    order: { value: JSON.stringify(ORDER), type: "Json" },
    ...Object.fromEntries(
      ["amount", "card", "email", "note", "quantity"].map((it) => [it, { value: `${it} at first` }]),
    ),
  };
  const { id } = await rest("/process-definition/key/ui-incident/start", { businessKey: "variables", variables });
  await rest(`/process-instance/${id}/variables`, { modifications: { note: { value: "changed" } } });
  await page.goto(`${base}/instances/${id}`);
  await page.getByRole("tab", { name: "Variables" }).click();
  await page.locator('[data-variable="order"]').waitFor();
  return id;
}

test("a variable shows its type, when and by what it was changed, and its history", async () => {
  const page = await openPage();
  await openVariables(page);
  const note = page.locator('[data-variable="note"]');
  await note.getByText("String").waitFor();
  await page
    .locator('[data-variable="amount"]')
    .getByText(/^\d\d:\d\d:\d\d\.\d{3} by the start$/)
    .waitFor();
  await note.locator("summary").focus();
  await page.keyboard.press("Enter");
  const past = note.getByRole("list", { name: "Its history" }).getByRole("listitem");
  assert.deepEqual(await past.locator(".mono").allTextContents(), ["changed", "note at first"]);
  assert.deepEqual(await findings(page), []);
  await past.last().getByRole("button").click();
  await page.locator(".banner", { hasText: "As it was after event" }).waitFor();
  await note.locator(".value", { hasText: "note at first" }).waitFor();
  assert.deepEqual(page.errors, []);
});

test("JSON is a tree, variables are found by name or value, and the whole value is copied", async () => {
  const page = await openPage();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await openVariables(page);
  const search = page.getByLabel("Find a variable by name or value");
  assert.equal((await search.boundingBox())?.height, 28, "it keeps its height beside a long list");
  await search.fill("london");
  await page.waitForFunction(() => document.querySelectorAll("[data-variable]").length === 1);
  const order = page.locator('[data-variable="order"]');
  await order.locator(":scope > summary").click();
  const tree = order.locator(".tree");
  await tree.locator("summary", { hasText: "customer" }).click();
  assert.equal(await tree.getByText("London").count(), 0);
  await tree.locator("summary", { hasText: "address" }).click();
  await tree.getByText("London").waitFor();
  await order.getByRole("button", { name: "Copy order" }).click();
  await page.getByText("Copied order").waitFor();
  assert.deepEqual(JSON.parse(await page.evaluate(() => navigator.clipboard.readText())), ORDER);
  await page.getByLabel("Find a variable by name or value").fill("nothing like this");
  await page.getByText("No variable has this in its name or value.").waitFor();
  assert.deepEqual(page.errors, []);
});

test("what is copied is there where a page has no clipboard, as without TLS", async () => {
  const page = await openPage();
  await page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  const id = await openVariables(page);
  const note = page.locator('[data-variable="note"]');
  await note.locator("summary").click();
  await note.getByRole("button", { name: "Copy note" }).click();
  await page.getByText("Copied note").waitFor();
  const search = page.getByLabel("Find a variable by name or value");
  await search.focus();
  await page.keyboard.press("Control+v");
  assert.equal(await search.inputValue(), "changed");

  await page.getByRole("tab", { name: "Instance" }).click();
  await page.getByRole("button", { name: /copy the whole id/ }).click();
  await page.getByText("Copied the whole id").waitFor();
  await page.getByRole("tab", { name: "Variables" }).click();
  await search.focus();
  await page.keyboard.press("Control+v");
  assert.equal(await search.inputValue(), id);
  assert.deepEqual(page.errors, []);
});
