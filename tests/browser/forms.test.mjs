// Forms, decisions and element templates: brought beside a diagram, tried in the simulation, deployed with it, filled in by people.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readModel } from "./deployments.mjs";
import { base, findingsInThemes, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();
const BESIDE = ["ui-request-form.form", "ui-request-decide.form", "ui-request-rate.dmn"];

/**
 * Drops files on the page, as somebody does who drags them from a folder.
 * @param {TestPage} page
 * @param {[name: string, text: string][]} files
 */
async function drop(page, files) {
  const data = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer();
    for (const [name, text] of all) transfer.items.add(new File([text], name));
    return transfer;
  }, files);
  await page.dispatchEvent(".page", "drop", { dataTransfer: data });
}

/** Fresh names, so that each run begins with a first version. */
const fresh = () => {
  const key = `ui-request-${Date.now().toString(36)}`;
  /** @type {[name: string, text: string][]} */
  const files = ["ui-request.bpmn", ...BESIDE].map((name) => [name, readModel(name)]);
  return {
    key,
    files: files.map(
      ([name, text]) =>
        /** @type {[string, string]} */ ([
          name,
          text.replace('"ui-request"', `"${key}"`).replace('bpmnElement="ui-request"', `bpmnElement="${key}"`),
        ]),
    ),
  };
};

test("a diagram with its forms and its decision is dropped, simulated by the forms, deployed as one, started and completed", async () => {
  const { key, files } = fresh();
  const page = await openPage();
  await page.goto(`${base}/designer`);
  await page.locator(".hint-empty").waitFor();
  await drop(page, files);
  await page.locator('.djs-element[data-element-id="Decide"]').waitFor({ state: "attached" });
  await page.locator(".saved", { hasText: "draft saved" }).waitFor();

  await page.getByRole("button", { name: "Simulate" }).click();
  await page.getByLabel("Size").fill("7");
  await page.getByRole("button", { name: "Start", exact: true }).click();
  const decide = page.getByRole("group", { name: "Decide on it" });
  await decide.getByText("A desk of size 7, rated large").waitFor();
  await decide.getByRole("button", { name: "Complete" }).last().click();
  await decide.getByText("Field is required").waitFor();
  assert.deepEqual(await findingsInThemes(page), []);
  await decide.getByLabel("Granted").check();
  await decide.getByRole("button", { name: "Complete" }).last().click();
  await page.locator('.mark-done[data-element-id="Decided"]').waitFor({ state: "attached" });

  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  const sheet = page.getByRole("dialog");
  await sheet
    .locator('[data-file="ui-request-rate.dmn"][data-change="added"]', { hasText: "Rate of a desk" })
    .waitFor();
  await sheet.getByRole("button", { name: "Deploy version 1" }).click();
  await page.locator(".saved", { hasText: "Version 1" }).waitFor();
  const [definition] = await rest(`/process-definition?key=${key}`);
  const stored = await rest(`/deployment/${definition.deploymentId}/resources`);
  assert.deepEqual(
    stored.map((/** @type {{ name: string }} */ it) => it.name).sort(),
    [`${key}.bpmn`, ...BESIDE].sort(),
  );

  await page.goto(`${base}/start/${key}`);
  await page.getByLabel("Size").fill("12");
  await page.getByRole("button", { name: /^Start version/ }).click();
  await page.getByText("Field must have maximum value of 9").waitFor();
  assert.deepEqual(await findingsInThemes(page), []);
  await page.getByLabel("Size").fill("3");
  await page.getByRole("button", { name: /^Start version/ }).click();
  await page.getByText("Request a desk has started").waitFor();

  const [task] = await rest(`/task?processDefinitionKey=${key}`);
  await page.goto(`${base}/tasks/${task.id}`);
  await page.getByText("A desk of size 3, rated small").waitFor();
  await page.getByLabel("Why not").fill("None is free");
  await page.keyboard.press("Control+Enter");
  await page.locator(".toast", { hasText: "Completed" }).waitFor();
  const [ended] = await rest(`/history/process-instance?processDefinitionKey=${key}`);
  const [why] = await rest(`/history/variable-instance?processInstanceId=${ended.id}&variableName=why`);
  assert.equal(why.value, "None is free");

  // What was deployed with it lies beside it again.
  await page.goto(`${base}/designer/${encodeURIComponent(definition.id)}`);
  await page.locator(".saved", { hasText: "Version 1" }).waitFor();
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await page.getByRole("dialog").locator('[data-file="ui-request-form.form"][data-change="same"]').waitFor();
  assert.deepEqual(page.errors, []);
});

/** @param {TestPage} page @param {string} element */
async function select(page, element) {
  await page.locator(`.djs-element[data-element-id="${element}"]`).click();
  await page.locator(`.djs-element.selected[data-element-id="${element}"]`).waitFor({ state: "attached" });
}

test("a form and a decision are drawn from the panel, tried out, and are there in the simulation", async () => {
  const { key, files } = fresh();
  const [[name, bpmn] = ["", ""]] = files;
  const plain = bpmn
    .replace(/ camunda:(formRef|decisionRef)\w*="[^"]*"/g, "")
    .replace(/ camunda:(map|result)\w*="[^"]*"/g, "");
  const page = await openPage();
  await page.goto(`${base}/designer`);
  await page.locator(".hint-empty").waitFor();
  await drop(page, [[name, plain]]);
  await select(page, "Decide");
  await page.getByRole("button", { name: "Draw a form" }).click();
  const form = page.getByRole("region", { name: "Form decide-on-it" });
  await form.getByRole("button", { name: "Text field", exact: true }).focus();
  await page.keyboard.press("Enter");
  await form.locator(".fjs-form-field-textfield").click();
  await form.locator(".bio-properties-panel-header", { hasText: "Text field" }).waitFor();
  await form.getByText("General", { exact: true }).click();
  await form.getByLabel("Field label").fill("Reason");
  await form.locator(".fjs-form-field-textfield label", { hasText: "Reason" }).waitFor();
  assert.deepEqual(await findingsInThemes(page), []);
  await form.getByRole("button", { name: "Preview", exact: true }).click();
  await form.locator(".form-preview").getByLabel("Reason").waitFor();
  assert.deepEqual(await findingsInThemes(page), []);
  await form.getByRole("button", { name: "Back to the process" }).click();

  await select(page, "Rate");
  await page.getByRole("button", { name: "Draw a decision" }).click();
  const decision = page.getByRole("region", { name: "Decision rate-it.dmn" });
  await decision.getByRole("button", { name: "Rate it" }).waitFor();
  await decision.getByLabel("Variables (JSON)").fill('{"input": "x"}');
  await decision.getByRole("button", { name: "Evaluate" }).click();
  await decision.getByRole("cell", { name: "answer", exact: true }).waitFor();
  await decision.locator("td.output-cell").first().click();
  await decision.locator("td.output-cell .cm-focused").waitFor();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("1 +");
  await decision.locator("[data-rule]", { hasText: "Error" }).first().waitFor();
  await page.keyboard.press("Control+a");
  await page.keyboard.type('"yes"');
  await decision.getByText("None", { exact: true }).waitFor();
  assert.deepEqual(await findingsInThemes(page), []);
  await decision.getByRole("button", { name: "Back to the process" }).click();
  await page.locator(".saved", { hasText: "draft saved" }).waitFor();

  await page.reload();
  await page.locator('.djs-element[data-element-id="Decide"]').waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Simulate" }).click();
  await page.getByLabel("Variables (JSON)").fill('{"input": "x"}');
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByRole("group", { name: "Decide on it" }).getByLabel("Reason").waitFor();
  const [draft] = await rest(`/draft?processDefinitionKey=${key}`);
  const { files: kept } = await rest(`/draft/${draft.id}`);
  assert.match(kept.find((/** @type {{ name: string }} */ it) => it.name === "rate-it.dmn").content, /"yes"/);
  assert.deepEqual(page.errors, []);
});

test("a plain task becomes a payment by a worker by its template, which one Undo takes back; a template that cannot run is refused", async () => {
  const [[name, bpmn] = ["", ""]] = fresh().files;
  const plain = bpmn.replace(/<businessRuleTask [^>]*>/, '<task id="Rate" name="Rate it"/>');
  const page = await openPage();
  await page.goto(`${base}/designer`);
  await page.locator(".hint-empty").waitFor();
  const http = {
    id: "h",
    name: "Call",
    appliesTo: ["bpmn:Task"],
    properties: [{ binding: { type: "camunda:field", name: "url" } }],
  };
  await drop(page, [["http.json", JSON.stringify(http)]]);
  await page.locator(".toast", { hasText: "sets camunda:field url, which Baton does not run" }).waitFor();
  await drop(page, [[name, plain]]);
  await select(page, "Rate");
  await page.getByRole("button", { name: "Use a template…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Send a message/ }).waitFor();
  assert.deepEqual(await findingsInThemes(page), []);
  await dialog.getByRole("button", { name: /^Take a payment/ }).focus();
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Amount").fill("size");
  await dialog.getByRole("button", { name: "Apply" }).click();
  assert.equal(await dialog.getByLabel("Amount").evaluate((field) => field.matches(":invalid")), true);
  await dialog.getByLabel("Amount").fill("12.5");
  assert.deepEqual(await findingsInThemes(page), []);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await page.locator(".saved", { hasText: "draft saved" }).waitFor();
  await page.locator(".bio-properties-panel-header", { hasText: "Service task" }).waitFor();

  await page.getByRole("button", { name: "Simulate" }).click();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByText("A worker on take-payment").waitFor();
  await page.getByRole("tab", { name: "Variables" }).click();
  await page.getByText("12.5", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Back to drawing" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.locator('button[aria-label="Undo"]:disabled').waitFor();
  await select(page, "Rate");
  await page.locator(".bio-properties-panel-header-type", { hasText: /^Task$/i }).waitFor();
  assert.deepEqual(page.errors, []);
});
