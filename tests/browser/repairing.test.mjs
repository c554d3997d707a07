// Problems are said in words, shown as tokens, and repaired by one command each.
import assert from "node:assert/strict";
import { test } from "node:test";
import { draw, openFile } from "./diagrams.mjs";
import { marked, useBrowser } from "./support.mjs";

const openPage = useBrowser();

/** @param {TestPage} page @param {string} rule */
const problem = (page, rule) => page.locator(`.problem[data-rule="${rule}"]`).first();

/** Presses Fix, waits until the problem is gone, takes it back by one Undo, waits until it is back, and repairs again.
 * @param {TestPage} page @param {string} rule @param {string} label */
async function fix(page, rule, label) {
  const button = problem(page, rule).getByRole("button", { name: label });
  await button.click();
  await problem(page, rule).waitFor({ state: "detached" });
  await page.keyboard.press("Control+z");
  await problem(page, rule).waitFor();
  await button.click();
  await problem(page, rule).waitFor({ state: "detached" });
}

const CONDITION = "<bpmn:conditionExpression>=paid</bpmn:conditionExpression>";

test("a topic, a default flow, an end event and a handler are given by Fix, and one Undo takes each back", async () => {
  const page = await openPage();
  const compensation = '<bpmn:compensateEventDefinition id="cd" />';
  const boundary = {
    id: "Undo",
    type: "boundaryEvent",
    x: 220,
    y: 140,
    attributes: 'attachedToRef="Charge"',
    inner: compensation,
  };
  await openFile(
    page,
    draw(
      [
        { id: "Start", type: "startEvent", x: 100, y: 100 },
        { id: "Charge", type: "serviceTask", x: 220, y: 100 },
        boundary,
        { id: "Paid", type: "exclusiveGateway", x: 360, y: 100 },
        { id: "Ship", type: "task", x: 500, y: 100 },
        { id: "Remind", type: "task", x: 500, y: 240 },
        { id: "Done", type: "endEvent", x: 640, y: 100 },
      ],
      [
        ["f1", "Start", "Charge"],
        ["f2", "Charge", "Paid"],
        ["f3", "Paid", "Ship", CONDITION],
        ["f4", "Paid", "Remind"],
        ["f5", "Ship", "Done"],
      ],
    ),
  );
  await problem(page, "nothing-to-do")
    .locator(".says", { hasText: "“Charge” does not say who does the work" })
    .waitFor();
  await marked(page, "f4", "mark-problem");
  await fix(page, "nothing-to-do", "Fix: give it the topic charge");
  await fix(page, "choice-without-condition", "Fix: make it the default flow");
  await fix(page, "dead-end", "Fix: add an end event");
  await fix(page, "compensation-handler", "Fix: add a handler");
  await page.locator(".drawer-head [role=status]", { hasText: "none" }).waitFor();
  assert.deepEqual(page.errors, []);
});

const FORK = [
  { id: "Start", type: "startEvent", x: 100, y: 160 },
  { id: "Fork", type: "parallelGateway", x: 200, y: 160 },
  { id: "Pack", type: "task", x: 340, y: 80 },
  { id: "Bill", type: "task", x: 340, y: 240 },
  { id: "Ship", type: "task", x: 520, y: 160 },
  { id: "Done", type: "endEvent", x: 660, y: 160 },
];
/** @type {[string, string, string][]} */
const FORK_FLOWS = [
  ["f1", "Start", "Fork"],
  ["f2", "Fork", "Pack"],
  ["f3", "Fork", "Bill"],
  ["f4", "Pack", "Ship"],
  ["f5", "Bill", "Ship"],
  ["f6", "Ship", "Done"],
];

test("a counterexample is played as tokens that meet, and the missing join is added", async () => {
  const page = await openPage();
  await openFile(page, draw(FORK, FORK_FLOWS));
  const wrong = problem(page, "soundness-synchronisation");
  await wrong.locator(".says", { hasText: "Two tokens can come to “Ship”" }).waitFor();
  await wrong.getByRole("button", { name: "Show me" }).click();
  await page.locator(".layer-baton-counterexample .token-count", { hasText: "2" }).waitFor({ state: "attached" });
  assert.ok((await page.evaluate(() => window.runs.active)) > 0);
  await wrong.getByRole("button", { name: "Hide" }).click();
  await page.locator(".layer-baton-counterexample .token").first().waitFor({ state: "detached" });

  await fix(page, "soundness-synchronisation", "Fix: add the missing join");
  await page.locator(".drawer-head [role=status]", { hasText: "none" }).waitFor();
  await page.keyboard.press("Control+z");
  await problem(page, "soundness-synchronisation").waitFor();
  assert.deepEqual(page.errors, []);
});

test("a badge covers neither the element nor the flow that it is about, and details wait behind a disclosure", async () => {
  const page = await openPage({ colorScheme: "dark" });
  await openFile(page, draw([...FORK, { id: "Lost", type: "serviceTask", x: 520, y: 320 }], FORK_FLOWS));
  const sign = page.locator('.djs-overlays[data-container-id="Lost"] .problem-sign');
  await sign.waitFor();
  const [badge, shape] = await Promise.all([
    sign.boundingBox(),
    page.locator('.djs-element[data-element-id="Lost"] .djs-visual').boundingBox(),
  ]);
  assert.ok(badge && shape);
  assert.ok(
    badge.y + badge.height <= shape.y + 2 || badge.x + badge.width <= shape.x + 2,
    "the badge lies on its element",
  );

  const row = problem(page, "nothing-to-do");
  assert.equal(await row.getByText("Rule nothing-to-do").isVisible(), false);
  await row.getByText("Details").click();
  await row.getByText("Rule nothing-to-do").waitFor();
  const warnings = page.getByLabel("Warnings");
  await problem(page, "soundness-synchronisation").waitFor();
  await warnings.uncheck();
  await problem(page, "soundness-synchronisation").waitFor({ state: "detached" });
  await row.waitFor();
  assert.deepEqual(page.errors, []);
});

test("a form that lies nowhere is told by its name, and Fix draws it", async () => {
  const page = await openPage();
  const form = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:formRef="nobody-has-it"';
  await openFile(
    page,
    draw(
      [
        { id: "Start", type: "startEvent", x: 100, y: 100 },
        { id: "Ask", type: "userTask", x: 220, y: 100, attributes: form },
        { id: "Done", type: "endEvent", x: 400, y: 100 },
      ],
      [
        ["f1", "Start", "Ask"],
        ["f2", "Ask", "Done"],
      ],
    ),
  );
  const missing = problem(page, "not-deployed");
  await missing.locator(".says", { hasText: "“Ask” shows the form “nobody-has-it”, which neither lies" }).waitFor();
  await missing.locator(".says").click();
  await marked(page, "Ask", "selected");
  await missing.getByRole("button", { name: "Fix: draw the form nobody-has-it" }).click();
  await page.getByRole("region", { name: "Form nobody-has-it" }).waitFor();
  await page.getByRole("button", { name: "Back to the process" }).click();
  await problem(page, "not-deployed").waitFor({ state: "detached" });
  assert.deepEqual(page.errors, []);
});
