// What an operator does when things go wrong, and the pages that only longer or nested instances have.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deployModels, readModel } from "./deployments.mjs";
import { badge, base, forgetRuns, instanceOf, marked, rest, seenRunning, useBrowser } from "./support.mjs";

const worker = { fails: false, stopped: false, done: Promise.resolve() };
const openPage = useBrowser();

/** Does the work of the models; tasks of other topics than ui-ok fail without retries while `worker.fails`. */
async function work() {
  const topics = ["ui-ok", "ui-bad", "ui-flaky"].map((topicName) => ({ topicName, lockDuration: 10_000 }));
  while (!worker.stopped) {
    for (const task of await rest("/external-task/fetchAndLock", {
      workerId: "trouble",
      maxTasks: 10,
      asyncResponseTimeout: 500,
      topics,
    })) {
      const failure = { workerId: "trouble", errorMessage: "The bank answered 502", retries: 0, retryTimeout: 0 };
      if (worker.fails && task.topicName !== "ui-ok") await rest(`/external-task/${task.id}/failure`, failure);
      else await rest(`/external-task/${task.id}/complete`, { workerId: "trouble" });
    }
  }
}

before(async () => {
  await deployModels("ui-incident.bpmn", "ui-ledger.bpmn", "ui-inner.bpmn", "ui-outer.bpmn", "ui-many.bpmn");
  worker.done = work();
});
after(async () => {
  worker.stopped = true;
  await worker.done;
});

/**
 * Starts an instance and opens its page.
 * @param {string} key
 * @param {object} body of the request to start it
 */
async function open(key, body = {}) {
  const { id } = await rest(`/process-definition/key/${key}/start`, { businessKey: `browser-${key}`, ...body });
  const page = await openPage();
  await page.goto(`${base}/instances/${id}`);
  await page.locator('[data-testid="diagram"] .djs-element').first().waitFor();
  return page;
}

/**
 * @param {TestPage} page
 * @param {string} name of an entry of its menu
 */
async function act(page, name) {
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name }).click();
}

/**
 * @param {TestPage} page
 * @param {number} seq
 * @param {string} state
 */
const ledgerLine = (page, seq, state) => page.locator(`.list li[data-seq="${seq}"][data-state="${state}"]`).waitFor();

test("a failed task and a failed script are retried from the page, after a variable is set", async () => {
  worker.fails = true;
  const page = await open("ui-incident");
  await badge(page, "Incident");
  await page.getByRole("tab", { name: /Incidents/ }).click();
  await page.getByText("The bank answered 502").first().waitFor();
  worker.fails = false;
  await page.getByRole("button", { name: "Retry", exact: true }).click();
  await marked(page, "Calc", "mark-incident");
  await page.getByRole("tab", { name: "Variables" }).click();
  await page.getByRole("button", { name: "Add a variable" }).click();
  await page.getByLabel("Name").fill("amount");
  await page.getByLabel("Value").fill("21");
  await page.getByRole("button", { name: "Set amount" }).click();
  await page.locator('[data-variable="amount"] summary').click();
  await page.getByRole("button", { name: "Change amount" }).waitFor();
  await page.getByRole("tab", { name: /Incidents/ }).click();
  await page.getByRole("button", { name: "Retry", exact: true }).click();
  await badge(page, "Completed");
  assert.deepEqual(page.errors, []);
});

test("an undoing that fails is skipped, marked undone or retried, one activity after the other", async () => {
  worker.fails = false;
  const page = await open("ui-ledger");
  await marked(page, "Ship", "mark-done");
  worker.fails = true;
  await act(page, "Undo everything and cancel…");
  await page.getByRole("button", { name: "Undo 3 and cancel" }).click();
  await page.getByRole("tab", { name: /Ledger/ }).click();
  await ledgerLine(page, 3, "failed");
  await marked(page, "Ship", "mark-incident");
  await page.getByRole("button", { name: "Skip" }).click();
  await ledgerLine(page, 3, "skipped");
  await marked(page, "Ship", "mark-done");
  await ledgerLine(page, 2, "failed");
  await page.getByRole("button", { name: "Mark undone" }).click();
  await ledgerLine(page, 2, "undone");
  await ledgerLine(page, 1, "failed");
  worker.fails = false;
  await page.getByRole("button", { name: "Retry", exact: true }).click();
  await badge(page, "Undone");
  await ledgerLine(page, 1, "undone");
  assert.deepEqual(page.errors, []);
});

test("a suspended instance takes no message until it is resumed; cancelling leaves what was done", async () => {
  worker.fails = false;
  const page = await open("ui-ledger");
  await marked(page, "Ship", "mark-done");
  await act(page, "Suspend");
  await badge(page, "Suspended");
  await page.getByRole("button", { name: "Actions" }).click();
  assert.ok(await page.getByRole("menuitem", { name: "Send a message…" }).isDisabled());
  await page.getByRole("menuitem", { name: "Resume", exact: true }).click();
  await badge(page, "Waits for a");
  await act(page, "Cancel without undoing…");
  await page.getByRole("button", { name: "Cancel the instance" }).click();
  await badge(page, "Cancelled");
  assert.deepEqual(page.errors, []);
});

test("a called process has a page of its own that can be reloaded, and so has its task", async () => {
  const page = await open("ui-outer");
  await page.getByLabel("Look at an element").selectOption("Call");
  await page.locator(".panel a", { hasText: "Inner process" }).click();
  await page.waitForURL(/\/instances\/[^/]+\.\d+$/);
  await page.reload();
  await marked(page, "Ask", "mark-waiting");
  const id = instanceOf(page).replace(/\.\d+$/, "");
  /** @type {{ id: string; processInstanceId: string }[]} */
  const tasks = await rest("/task");
  const task = tasks.find((it) => it.processInstanceId.startsWith(id));
  assert.ok(task);
  await page.goto(`${base}/tasks/${task.id}`);
  await page.getByRole("button", { name: "Complete" }).click();
  await page.locator(".toast", { hasText: "Completed" }).waitFor();
  await page.goto(`${base}/instances/${id}`);
  await badge(page, "Completed");
  assert.deepEqual(page.errors, []);
});

test("many iterations of one task are one dot with their number", async () => {
  const page = await open("ui-many", { variables: { count: { value: 120, type: "Integer" } } });
  await page.locator(".token.is-waiting .token-count", { hasText: "120" }).waitFor();
  assert.equal(await page.locator(".layer-baton-tokens .token").count(), 1);
  await page.getByLabel("Look at an element").selectOption("Each");
  await page.getByText("0 of 120").waitFor();
  await page.getByText("and 90 more").waitFor();
  await act(page, "Cancel without undoing…");
  await page.getByRole("button", { name: "Cancel the instance" }).click();
  await badge(page, "Cancelled");
  assert.deepEqual(page.errors, []);
});

test("the history plays from its beginning and the tokens move again", async () => {
  worker.fails = false;
  const page = await open("ui-incident", { variables: { amount: { value: 1, type: "Integer" } } });
  await badge(page, "Completed");
  await forgetRuns(page);
  await page.getByRole("slider", { name: "Moment in the history" }).press(" ");
  await page.getByText("As it was after event").waitFor();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await marked(page, "Work", "mark-active");
  await seenRunning(page, "active");
  await page.getByRole("button", { name: "Play the history" }).waitFor();
  assert.equal(await page.getByText("As it was after event").count(), 0);
  assert.deepEqual(page.errors, []);
});

/**
 * @param {TestPage} page
 * @param {string} name
 * @param {string} text
 */
async function drop(page, name, text) {
  const data = await page.evaluateHandle(
    ({ content, file }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], file));
      return transfer;
    },
    { content: text, file: name },
  );
  await page.dispatchEvent(".page", "drop", { dataTransfer: data });
}

test("files that are no diagrams are refused with the reason, and nothing of them is shown", async () => {
  const page = await openPage();
  await page.goto(`${base}/designer`);
  await page.locator(".hint-empty").waitFor();
  await drop(page, "cut.bpmn", readModel("ui-inner.bpmn").slice(0, 900));
  await page
    .locator(".toast", { hasText: "cut.bpmn could not be opened: this is not well-formed XML: line" })
    .waitFor();
  await drop(page, "doctype.bpmn", readModel("ui-inner.bpmn").replace("?>", '?><!DOCTYPE x [<!ENTITY a "b">]>'));
  await page.locator(".toast", { hasText: "DOCTYPE" }).waitFor();
  assert.equal(await page.locator('.djs-element[data-element-id="Ask"]').count(), 0);
  assert.deepEqual(page.errors, []);
});

test("a diagram that cannot run is not deployed: its problems are listed and marked", async () => {
  const page = await openPage();
  await page.goto(`${base}/designer`);
  await page.locator(".hint-empty").waitFor();
  const key = `ui-wrong-${Date.now().toString(36)}`;
  await drop(
    page,
    "wrong.bpmn",
    readModel("ui-incident.bpmn").replaceAll("ui-incident", key).replace(' camunda:topic="ui-flaky"', ""),
  );
  await page.locator('.djs-element.mark-problem[data-element-id="Work"]').waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Deploy" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByText("repair it first").waitFor();
  assert.equal(await sheet.getByRole("button", { name: /^Deploy version/ }).isDisabled(), true);
  await sheet.getByRole("button", { name: "Cancel" }).click();
  await page.locator('.problem[data-rule="external-topic"]').waitFor();
  assert.deepEqual(await rest(`/process-definition?key=${key}`), []);
  assert.deepEqual(page.errors, []);
});
