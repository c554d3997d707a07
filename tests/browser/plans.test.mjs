// What would be undone, ended or moved is planned beside the diagram, which shows it; nothing lies over it.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deployModels } from "./deployments.mjs";
import { badge, base, findings, history, marked, rest, startOrder, useBrowser } from "./support.mjs";

const openPage = useBrowser();

before(() => deployModels("ui-incident.bpmn"));

/**
 * An order that waits for stock: payment is charged, inventory reserved.
 * @param {TestPage} page
 * @param {string} businessKey
 */
async function openWaitingOrder(page, businessKey) {
  const id = await startOrder("backorder", businessKey);
  await page.goto(`${base}/instances/${id}`);
  await page.locator(".layer-baton-tokens .token.is-waiting").waitFor({ state: "attached" });
  return id;
}

/**
 * @param {TestPage} page
 * @param {string} label
 */
async function act(page, label) {
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: label }).click();
}

/** @param {TestPage} page */
const corners = (page) =>
  page.locator(".corner-plan").evaluateAll((list) => list.map((it) => `${it.classList[2]} ${it.textContent}`).sort());

test("a plan of undoing stands beside the diagram that bears its numbers, and each step leads to its place", async () => {
  const page = await openPage();
  await openWaitingOrder(page, "plans-undo");
  await act(page, "Undo everything and cancel…");
  const plan = page.getByRole("complementary", { name: "Undo everything and cancel" });
  await plan.locator(".steps.is-undo li").first().waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.deepEqual(await corners(page), ["is-stop ×", "is-undo 1", "is-undo 2"]);
  const diagram = await page.getByTestId("diagram").boundingBox();
  const beside = await plan.boundingBox();
  assert.ok(diagram && beside && beside.x >= diagram.x + diagram.width - 1);
  await plan.getByRole("button", { name: "Charge payment" }).click();
  await page.locator('.djs-element.selected[data-element-id="ChargePayment"]').waitFor({ state: "attached" });
  assert.deepEqual(await findings(page), []);
  await page.keyboard.press("Escape");
  await plan.waitFor({ state: "detached" });
  assert.equal(await page.locator(".corner-plan").count(), 0);
  assert.deepEqual(page.errors, []);
});

test("cancelling without undoing says what ends, and offers the plan that undoes", async () => {
  const page = await openPage();
  const id = await openWaitingOrder(page, "plans-cancel");
  await act(page, "Cancel without undoing…");
  const plan = page.getByRole("complementary", { name: "Cancel without undoing" });
  await plan.getByText("2 completed activities could be undone").waitFor();
  assert.deepEqual(await corners(page), ["is-stop ×"]);
  await plan.getByRole("button", { name: "show the plan that undoes them" }).click();
  await page.getByRole("button", { name: "Undo 2 and cancel" }).waitFor();
  await page.getByRole("button", { name: "Leave it running" }).click();
  await act(page, "Cancel without undoing…");
  await page.getByRole("button", { name: "Cancel the instance" }).click();
  await badge(page, "Cancelled");
  assert.deepEqual(await history(id, "UndoStarted"), []);
});

/**
 * @param {TestPage} page
 * @param {string} selector
 */
async function middle(page, selector) {
  const box = await page.locator(selector).first().boundingBox();
  assert.ok(box, selector);
  return /** @type {const} */ ([box.x + box.width / 2, box.y + box.height / 2]);
}

test("a token is dragged: what stops and starts is shown before, and applied as one", async () => {
  const page = await openPage();
  const id = await openWaitingOrder(page, "plans-drag");
  await page.mouse.move(...(await middle(page, ".tokens .token.is-waiting")));
  await page.mouse.down();
  await page.mouse.move(...(await middle(page, '.djs-shape[data-element-id="ChargePayment"]')), { steps: 8 });
  await page.locator('.move-target[data-element-id="ChargePayment"]').waitFor({ state: "attached" });
  await page.mouse.up();
  const plan = page.getByRole("complementary", { name: "Move tokens" });
  await plan.getByText("Nothing is undone.").waitFor();
  assert.deepEqual(await corners(page), ["is-start +", "is-stop ×"]);
  await plan.locator(".steps.is-start", { hasText: "Charge payment" }).waitFor();
  const before = (await history(id, "ElementCancelled")).length;
  assert.deepEqual(await findings(page), []);
  await plan.getByRole("button", { name: "Apply 1 move" }).click();
  await plan.waitFor({ state: "detached" });
  await page.waitForFunction(() => document.querySelectorAll(".corner-plan").length === 0);
  assert.equal((await history(id, "ElementCancelled")).length, before + 1);
  const paid = (await history(id, "ElementEntered")).filter((it) => it.element === "ChargePayment");
  assert.equal(paid.length, 2);
  assert.deepEqual(page.errors, []);
});

test("tokens are moved by keyboard alone, and a plan that cannot be is refused before", async () => {
  const { id } = await rest("/process-definition/key/ui-incident/start", {
    businessKey: "plans-keyboard",
    variables: { amount: { value: 12, type: "Integer" } },
  });
  const page = await openPage();
  await page.goto(`${base}/instances/${id}?element=Work`);
  await page.getByRole("button", { name: "Move…" }).focus();
  await page.keyboard.press("Enter");
  const plan = page.getByRole("complementary", { name: "Move tokens" });
  await plan.getByLabel("Goes to").focus();
  await page.keyboard.type("Calc");
  await page.keyboard.press("Enter");
  await plan.getByRole("button", { name: "Add to the plan" }).press("Enter");
  await plan.getByText("On the way it passes Calculate").waitFor();
  await plan.getByText("The instance ends: completed.").waitFor();
  await plan.getByRole("button", { name: "Apply 1 move" }).press("Enter");
  await badge(page, "Completed");
  await marked(page, "Calc", "mark-done");
  const variables = await rest(`/history/variable-instance?processInstanceId=${id}&variableName=total`);
  assert.equal(variables[0].value, 24);
  assert.deepEqual(page.errors, []);
});

test("at 390 px the plan is a sheet, and the numbered diagram stays in sight above it", async () => {
  const page = await openPage({ viewport: { width: 390, height: 844 } });
  await openWaitingOrder(page, "plans-phone");
  await act(page, "Undo everything and cancel…");
  const plan = page.getByRole("complementary", { name: "Undo everything and cancel" });
  await plan.locator(".steps.is-undo li").first().waitFor();
  const [sheet, diagram] = [await plan.boundingBox(), await page.getByTestId("diagram").boundingBox()];
  assert.ok(sheet && diagram && diagram.width >= 320 && diagram.height >= 200);
  assert.ok(sheet.y >= diagram.y + diagram.height - 1);
  for (const number of await page.locator(".corner-plan.is-undo").all()) {
    const box = await number.boundingBox();
    assert.ok(box && box.y > diagram.y && box.y + box.height < diagram.y + diagram.height);
  }
});
