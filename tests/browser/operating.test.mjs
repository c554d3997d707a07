// An incident is repaired where it is seen, states look different, and the address contains what is shown.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deployModels } from "./deployments.mjs";
import { badge, base, history, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();
const STACK = "Traceback: the bank's answer\n  at line 12";

before(() => deployModels("ui-incident.bpmn", "ui-forms.bpmn"));

/**
 * @param {string} workerId
 * @param {string} topicName
 * @param {number} maxTasks so many that earlier tests' tasks do not hide the one that is meant
 * @returns {Promise<{ id: string }[]>}
 */
const lock = (workerId, topicName, maxTasks) =>
  rest("/external-task/fetchAndLock", { workerId, maxTasks, topics: [{ topicName, lockDuration: 600_000 }] });

/**
 * Instances whose work a worker has given up.
 * @param {number} count
 * @param {string} errorMessage
 * @returns {Promise<string[]>} their ids
 */
async function fail(count, errorMessage) {
  const ids = [];
  for (let each = 0; each < count; each += 1) {
    const { id } = await rest("/process-definition/key/ui-incident/start", {
      businessKey: `operating-${each}`,
      variables: { amount: { value: 12, type: "Integer" } },
    });
    ids.push(id);
    const [task] = await rest(`/external-task?processInstanceId=${id}`);
    await lock("worker-7", task.topicName, 50);
    const failure = { workerId: "worker-7", errorMessage, errorDetails: STACK, retries: 0, retryTimeout: 0 };
    await rest(`/external-task/${task.id}/failure`, failure);
  }
  return ids;
}

test("an incident shows its message, attempts, last worker and folded stack at once, and is retried there", async () => {
  const [id] = await fail(1, "The bank answered 503");
  const page = await openPage();
  await page.goto(`${base}/instances/${id}`);
  const card = page.locator(".incident").first();
  await card.getByText("The bank answered 503").waitFor();
  await card.getByText("1 attempt, the last one by worker-7").waitFor();
  assert.equal(await card.getByText("at line 12").isVisible(), false);
  await card.getByText("Details").click();
  await card.getByText("at line 12").waitFor();
  await card.getByRole("button", { name: "Retry", exact: true }).click();
  await badge(page, "Running");
  assert.equal((await history(String(id), "IncidentResolved")).length, 1);
  assert.deepEqual(page.errors, []);
});

test("a step is skipped with the results that it would have given", async () => {
  const [id] = await fail(1, "The bank is closed permanently");
  const page = await openPage();
  await page.goto(`${base}/instances/${id}`);
  await page.getByRole("button", { name: "Skip…" }).click();
  await page.getByLabel("Results that it would have given (JSON)").fill("[1]");
  await page.getByRole("button", { name: /^Skip Do/ }).click();
  await page.getByRole("alert").filter({ hasText: "Write an object" }).waitFor();
  await page.getByLabel("Results that it would have given (JSON)").fill('{"receipt": "by hand"}');
  await page.getByRole("button", { name: /^Skip Do/ }).click();
  await page.locator(".incident").first().waitFor({ state: "detached" });
  const set = await history(String(id), "VariablesChanged");
  assert.ok(JSON.stringify(set).includes("by hand"));
});

test("the overview groups incidents by what happened, and retries a group at once", async () => {
  const message = "The bank answered 504 to all of these";
  const ids = await fail(3, message);
  const page = await openPage();
  await page.goto(base);
  const row = page.locator("tbody tr", { hasText: message });
  await row.waitFor();
  assert.equal(await row.count(), 1);
  await row.getByRole("button", { name: /^Retry 3/ }).click();
  await row.waitFor({ state: "detached" });
  for (const id of ids) assert.deepEqual(await rest(`/incident?processInstanceId=${id}`), []);
});

test("the owner of a lock and its end are shown at the element", async () => {
  const { id } = await rest("/process-definition/key/ui-incident/start", { businessKey: "operating-lock" });
  const [task] = await rest(`/external-task?processInstanceId=${id}`);
  await lock("worker-9", task.topicName, 50);
  const page = await openPage();
  await page.goto(`${base}/instances/${id}?element=${task.activityId}`);
  await page.getByText("locked by worker-9").waitFor();
  await page.getByText(/expires in \d+ min/).waitFor();
});

test("how far a worker is shows at the element, and follows it without an event of the instance", async () => {
  const { id } = await rest("/process-definition/key/ui-incident/start", { businessKey: "operating-progress" });
  const [task] = await rest(`/external-task?processInstanceId=${id}`);
  await lock("worker-9", task.topicName, 50);
  /** @param {object} said */
  const extend = (said) =>
    rest(`/external-task/${task.id}/extendLock`, { workerId: "worker-9", newDuration: 600_000, ...said });
  await extend({ progress: 0.4, progressText: "half of the pages" });
  const page = await openPage();
  await page.goto(`${base}/instances/${id}?element=${task.activityId}`);
  await page.getByText("40 % · half of the pages").waitFor();
  await extend({ progress: 0.8 });
  await page.getByText("80 %").waitFor();
  assert.equal(await page.getByLabel("Progress of worker-9").getAttribute("value"), "0.8");
  assert.deepEqual(page.errors, []);
});

test("a moment in the past and an element stand in the address, and a page opened by it shows the same", async () => {
  const [id] = await fail(1, "Looked at later");
  const page = await openPage();
  await page.goto(`${base}/instances/${id}`);
  await page.locator(".djs-element").first().waitFor();
  await page.getByRole("slider", { name: "Moment in the history" }).fill("3");
  await page.locator(".banner", { hasText: "As it was after event 3" }).waitFor();
  await page.waitForURL(/at=3/);

  const other = await openPage();
  await other.goto(page.url());
  await other.locator(".banner", { hasText: "As it was after event 3" }).waitFor();
  await other.getByText("Had run for").waitFor();
  await other.getByRole("button", { name: "Back to now" }).click();
  await other.waitForURL((address) => !address.search.includes("at="));
});

test("one goes from element to element along the flows by keyboard", async () => {
  const [id] = await fail(1, "Walked to");
  const page = await openPage();
  await page.goto(`${base}/instances/${id}`);
  await page.locator(".djs-element").first().waitFor();
  await page.locator('[data-testid="diagram"] svg[tabindex]').first().focus();
  await page.keyboard.press("j");
  await page.locator('.djs-element.selected[data-element-id="Start"]').waitFor({ state: "attached" });
  await page.keyboard.press("j");
  await page.getByRole("heading", { name: "Do the work" }).waitFor();
  await page.keyboard.press("k");
  await page.locator('.djs-element.selected[data-element-id="Start"]').waitFor({ state: "attached" });
});

test("the list tells what waits for a person from what runs", async () => {
  await rest("/process-definition/key/ui-forms/start", { businessKey: "operating-waits" });
  const page = await openPage();
  await page.goto(`${base}/instances?business=operating-waits`);
  await page.locator("tbody tr", { hasText: "Waits for a person" }).first().waitFor();
});
