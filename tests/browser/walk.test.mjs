// The first half of a walk: begun from nothing, told what is wrong, repaired by Fix, simulated, saved, deployed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { draw, openFile } from "./diagrams.mjs";
import { marked, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();

const BACK_ORDER = '<bpmn:errorEventDefinition id="ed" errorRef="OutOfStock" />';
const COMPENSATION = '<bpmn:compensateEventDefinition id="cd" />';

/** @type {Parameters<typeof draw>[0]} */
const NODES = [
  { id: "Received", type: "startEvent", x: 160, y: 200 },
  { id: "Charge", type: "serviceTask", x: 300, y: 200 },
  {
    id: "OnUndo",
    type: "boundaryEvent",
    x: 300,
    y: 160,
    attributes: 'attachedToRef="Charge"',
    inner: COMPENSATION,
  },
  { id: "Ship", type: "serviceTask", x: 480, y: 200 },
  { id: "BackOrder", type: "boundaryEvent", x: 480, y: 240, attributes: 'attachedToRef="Ship"', inner: BACK_ORDER },
  {
    id: "UndoAll",
    type: "intermediateThrowEvent",
    x: 600,
    y: 340,
    inner: '<bpmn:compensateEventDefinition id="ud" />',
  },
  { id: "Shipped", type: "endEvent", x: 640, y: 200 },
];
/** @type {Parameters<typeof draw>[1]} */
const FLOWS = [
  ["f1", "Received", "Charge"],
  ["f2", "Charge", "Ship"],
  ["f3", "Ship", "Shipped"],
  ["f4", "BackOrder", "UndoAll"],
];

test("a process with faults is repaired by Fix, its back order simulated and saved as a scenario, and deployed with it", async () => {
  const key = `walk-${Date.now().toString(36)}`;
  const page = await openPage();
  const error = '<bpmn:error id="OutOfStock" name="Out of stock" errorCode="out-of-stock" /><bpmn:process';
  await openFile(page, draw(NODES, FLOWS, key).replace("<bpmn:process", error));

  for (const [rule, label] of [
    ["nothing-to-do", "Fix: give it the topic"],
    ["nothing-to-do", "Fix: give it the topic"],
    ["compensation-handler", "Fix: add a handler"],
    ["dead-end", "Fix: add an end event"],
  ]) {
    const found = page.locator(`.problem[data-rule="${rule}"]`);
    await found.first().waitFor();
    const element = await found.first().getAttribute("data-element");
    await found.first().getByRole("button", { name: label }).click();
    await page.locator(`.problem[data-rule="${rule}"][data-element="${element}"]`).waitFor({ state: "detached" });
  }
  await page.locator(".problems [role=status]", { hasText: /^(none|\d+ warnings?)$/ }).waitFor();

  await page.getByRole("button", { name: "Simulate" }).click();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  const card = (/** @type {string} */ element) => page.locator(`[data-waits="${element}"]`);
  await card("Charge").getByRole("button", { name: "Complete", exact: true }).last().click();
  await card("Ship").getByRole("button", { name: "BPMN error" }).click();
  await card("Ship").getByLabel("Code").fill("out-of-stock");
  await card("Ship").getByRole("button", { name: "Report the error" }).click();
  await page
    .locator("[data-waits]", { hasText: "Undo charge" })
    .getByRole("button", { name: "Complete" })
    .last()
    .click();
  await page.locator(".simulate-controls [role=status]", { hasText: "It has ended" }).waitFor();
  await marked(page, "Charge", "mark-undone");
  await page.getByRole("tab", { name: /Scenarios/ }).click();
  await page.locator("#scenario-name").fill("Back order");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Run all" }).click();
  await page.locator('[data-scenario="Back order"]', { hasText: "As expected" }).waitFor();
  await page.getByRole("button", { name: "Back to drawing" }).click();

  await page.keyboard.press("Control+s");
  await page.getByRole("button", { name: "Deploy version 1" }).click();
  await page.locator(".saved", { hasText: "Version 1" }).waitFor();
  const [definition] = await rest(`/process-definition?key=${key}&latestVersion=true`);
  const files = await rest(`/deployment/${encodeURIComponent(definition.deploymentId)}/resources`);
  assert.ok(files.some((/** @type {{ name: string }} */ it) => it.name === `${key}.back-order.scenario.json`));
  assert.deepEqual(page.errors, []);
});
