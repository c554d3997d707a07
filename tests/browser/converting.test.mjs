// A file of another engine that is opened: what would have to change is offered, and done when it is wanted.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { base, useBrowser } from "./support.mjs";

const openPage = useBrowser();
const DRAWN = readFileSync(new URL("../convert/corpus/drawn.bpmn", import.meta.url));

test("a file with Java listeners is converted when that is wanted, and its workers can be saved", async () => {
  const page = await openPage();
  await page.goto(`${base}/designer`);
  await page.locator(".djs-palette").waitFor();
  await page.setInputFiles('input[type="file"]', { name: "drawn.bpmn", mimeType: "application/xml", buffer: DRAWN });
  const dialog = page.getByRole("dialog", { name: "Convert this file?" });
  await dialog.getByText("It was written for Camunda 7").waitFor();
  await dialog.getByText("topic 'opened' needs a worker").first().waitFor();

  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Python" }).click(),
  ]);
  assert.equal(saved.suggestedFilename(), "workers.py");
  await dialog.getByRole("button", { name: "Convert", exact: true }).click();

  await page.locator('.djs-element[data-element-id="drawn_start"]').waitFor();
  assert.equal(await dialog.count(), 0);
});
