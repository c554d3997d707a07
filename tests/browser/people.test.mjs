// What a person does: find the task, claim it, fill in its form, complete it, go on with the next; start a process.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { deployModels } from "./deployments.mjs";
import { base, findings, findingsInThemes, history, rest, samples, useBrowser } from "./support.mjs";

const ticket = JSON.parse(readFileSync(new URL("sysops-ticket/tickets/disk-full.json", samples), "utf8"));
const typed = Object.fromEntries(Object.entries(ticket).map(([name, value]) => [name, { value }]));

const openPage = useBrowser();

before(() => deployModels("ui-leave.bpmn", "ui-decide.form"));

/**
 * Asks for leave, so that a task waits.
 * @param {string} businessKey
 * @returns {Promise<{ id: string; task: Record<string, unknown> }>}
 */
async function askForLeave(businessKey) {
  const { id } = await rest("/process-definition/key/ui-leave/start", {
    businessKey,
    variables: { days: { value: 3 } },
  });
  const [task] = await rest(`/task?processInstanceId=${id}`);
  return { id, task };
}

/**
 * @param {Record<string, unknown>} task
 * @param {Record<string, unknown>} changes
 */
async function change(task, changes) {
  const { name, description, assignee, owner } = task;
  const body = JSON.stringify({ name, description, assignee, owner, ...changes });
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${base}/engine-rest/task/${task.id}`, { method: "PUT", headers, body });
  assert.equal(answer.status, 204, await answer.text());
}

/** @param {TestPage} page */
const panelOf = (page) => page.getByRole("complementary", { name: "Task" });
/** @param {TestPage} page @param {string} key */
const rowOf = (page, key) => page.locator("tbody tr", { hasText: key });

test("tasks are done one after the other with the keyboard alone", async () => {
  const first = await rest("/process-definition/key/sysops-ticket/start", { businessKey: "keys-1", variables: typed });
  const second = await rest("/process-definition/key/sysops-ticket/start", { businessKey: "keys-2", variables: typed });
  const page = await openPage();
  await page.goto(`${base}/tasks?text=keys-&sort=created&order=asc`);
  await rowOf(page, "keys-2").waitFor();
  /** @param {string} name */
  const tabTo = async (name) => {
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press("Tab");
      const label = await page.evaluate(() => {
        const at = /** @type {HTMLElement} */ (document.activeElement);
        return /** @type {HTMLInputElement} */ (at).labels?.[0]?.textContent ?? at.textContent;
      });
      if (label?.trim().startsWith(name)) return;
    }
    throw new Error(`The keyboard does not come to ${name}`);
  };
  await tabTo("Resolve ticket");
  await page.keyboard.press("Enter");
  const panel = panelOf(page);
  await panel.getByText("Assigned to ada").waitFor();
  await panel.locator("dd", { hasText: /^Sysops ticket$/ }).waitFor();
  await panel.locator("h2:focus").waitFor();
  const key = (await panel.getByText(/^keys-/).textContent()) ?? "";

  await tabTo("What was done");
  await page.keyboard.press("Enter");
  assert.equal(await panel.getByLabel(/What was done/).evaluate((field) => field.matches(":invalid")), true);
  await page.keyboard.type("Deleted old logs");
  await page.keyboard.press("Enter");
  await rowOf(page, key).waitFor({ state: "detached" });
  const told = await page.locator(".toast", { hasText: "Completed" }).boundingBox();
  const button = await panel.getByRole("button", { name: "Complete", exact: true }).boundingBox();
  assert.ok(told && button && told.y + told.height <= button.y, "what is told covers no button");

  // The next one is open already.
  const other = key === "keys-1" ? "keys-2" : "keys-1";
  await panel.getByText(other).waitFor();
  await panel.locator("h2:focus").waitFor();
  await tabTo("What was done");
  await page.keyboard.type("Looked at it");
  await page.keyboard.press("Control+Enter");
  await page.getByText("No task matches").waitFor();
  for (const { id } of [first, second])
    assert.equal((await rest(`/history/process-instance/${id}`)).state, "COMPLETED");
  /** @type {{ name: string; value: unknown }[]} */
  const variables = await rest(`/history/variable-instance?processInstanceId=${first.id}`);
  assert.ok(
    ["Deleted old logs", "Looked at it"].includes(String(variables.find((it) => it.name === "resolution")?.value)),
  );
  assert.deepEqual(page.errors, []);
});

test("who somebody is, is asked once; a task is claimed, found among theirs and given back", async () => {
  await askForLeave("claim-1");
  const page = await openPage();
  await page.goto(`${base}/tasks?text=claim-1&whose=mine`);
  await page.getByRole("heading", { name: "Which tasks are yours?" }).waitFor();
  await page.getByRole("button", { name: "Unclaimed" }).click();
  await rowOf(page, "claim-1").getByRole("link", { name: "Decide on leave" }).click();
  const panel = panelOf(page);
  await panel.getByText("ui-managers").waitFor();
  await panel.getByRole("button", { name: "Claim", exact: true }).click();
  await page.getByRole("dialog", { name: "Who are you?" }).getByLabel("I am").fill("bea");
  await page.keyboard.press("Enter");
  await panel.getByText("Assigned to bea").waitFor();
  await page.reload();
  await page.getByRole("button", { name: "I am bea" }).waitFor();
  await page.getByRole("button", { name: "Mine" }).click();
  await rowOf(page, "claim-1").waitFor();
  await panel.getByRole("button", { name: "Give back" }).click();
  await panel.getByText("Nobody has claimed it").waitFor();
  await rowOf(page, "claim-1").waitFor({ state: "detached" });
  assert.deepEqual(page.errors, []);
});

test("what is overdue comes first, what is put off waits apart, and a text, a group or a process narrows the list", async () => {
  const late = await askForLeave("order-late");
  const soon = await askForLeave("order-soon");
  await askForLeave("order-none");
  await change(late.task, { due: "2026-01-01T10:00:00.000+0000" });
  await change(soon.task, { due: "2099-01-01T10:00:00.000+0000" });
  const page = await openPage();
  await page.goto(`${base}/tasks?text=ORDER-`);
  await rowOf(page, "order-none").waitFor();
  const keys = () => page.locator("tbody td.at-2").allTextContents();
  assert.deepEqual(await keys(), ["order-late", "order-soon", "order-none"]);
  await page.getByRole("button", { name: "Overdue" }).click();
  await rowOf(page, "order-soon").waitFor({ state: "detached" });
  assert.deepEqual(await keys(), ["order-late"]);

  await page.getByRole("link", { name: "Decide on leave" }).click();
  const panel = panelOf(page);
  await panel.getByText(/overdue/).waitFor();
  await panel.getByRole("button", { name: "Task actions" }).click();
  await page.getByRole("menuitem", { name: "Put off until…" }).click();
  await page.getByRole("button", { name: "Tomorrow" }).click();
  await page.getByRole("button", { name: "Set the date" }).click();
  await rowOf(page, "order-late").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Put off" }).click();
  await rowOf(page, "order-late").waitFor();

  await page.goto(`${base}/tasks?text=order-`);
  await page.getByLabel("Group").selectOption("ui-managers");
  await page.getByLabel("Process").selectOption("sysops-ticket");
  await page.getByText("No task matches").waitFor();
  await page.getByLabel("Process").selectOption("ui-leave");
  await rowOf(page, "order-soon").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("group"), "ui-managers");
  assert.deepEqual(page.errors, []);
});

test("a form is drawn once, also when its task changes before the effects of the last picture have run", async () => {
  const { task } = await askForLeave("late-1");
  const page = await openPage();
  // Preact runs them after the next picture, or 100 ms later where none comes: on a busy machine that is late.
  await page.addInitScript(() => {
    const wait = window.setTimeout;
    window.requestAnimationFrame = () => 0;
    window.setTimeout = /** @type {typeof setTimeout} */ (
      /** @type {unknown} */ (
        (/** @type {() => void} */ run, /** @type {number} */ ms) => wait(run, ms === 100 ? 900 : ms)
      )
    );
  });
  await page.goto(`${base}/tasks/${task.id}?text=late-`);
  const form = panelOf(page).locator(".fjs-container");
  let rounds = 0;
  while ((await form.count()) === 0) await change(task, { description: `round ${++rounds}` });
  await change(task, { description: "the last round" });
  await panelOf(page).getByText("the last round").waitFor();

  assert.equal(await form.count(), 1);
  assert.deepEqual(page.errors, []);
});

test("a delegated task is worked on by another, comes back, and is completed by its form", async () => {
  const { id, task } = await askForLeave("delegated-1");
  await rest(`/task/${task.id}/claim`, { userId: "bea" });
  const page = await openPage();
  await page.goto(`${base}/tasks/${task.id}?text=delegated-`);
  const panel = panelOf(page);
  await panel.getByRole("button", { name: "Task actions" }).click();
  await page.getByRole("menuitem", { name: "Delegate…" }).click();
  await page.getByLabel("Delegate to").fill("carl");
  await page.keyboard.press("Enter");
  await panel.getByText("Assigned to carl, for bea").waitFor();
  await panel.getByLabel("Granted").check();
  await panel.getByLabel("Reason").fill("Nobody else is away");
  await panel.locator(".foot").getByRole("button", { name: "Give back" }).click();
  await panel.waitFor({ state: "detached" });
  await rowOf(page, "delegated-1").getByRole("link", { name: "Decide on leave" }).click();
  await panel.getByText("Assigned to bea").waitFor();

  await panel.getByRole("tab", { name: "Diagram" }).click();
  await panel.locator('.djs-element.mark-waiting[data-element-id="Decide"]').waitFor({ state: "attached" });
  await panel.getByRole("tab", { name: "History" }).click();
  await panel.getByText("Task changed").first().waitFor();
  await panel.getByRole("tab", { name: "Task" }).click();

  assert.equal(await panel.getByLabel("Reason").inputValue(), "Nobody else is away");
  await panel.getByLabel("Reason").fill("No");
  await panel.getByRole("button", { name: "Complete" }).click();
  assert.equal((await rest(`/task?processInstanceId=${id}`)).length, 1);
  await panel.getByLabel("Reason").fill("Nobody else is away");
  await panel.getByRole("button", { name: "Complete" }).click();
  await page.getByText("No task matches").waitFor();
  assert.equal((await history(id, "UserTaskCompleted")).length, 1);
  assert.deepEqual(page.errors, []);
});

test("a due date is typed or picked by keyboard, and written as every other moment", async () => {
  const { task } = await askForLeave("moment-1");
  const page = await openPage();
  await page.goto(`${base}/tasks/${task.id}?text=moment-1`);
  await panelOf(page).getByRole("button", { name: "Task actions" }).click();
  await page.getByRole("menuitem", { name: "Set the due date…" }).click();
  const field = page.getByLabel("Day and time");
  const deed = page.getByRole("button", { name: "Set the date" });

  await field.fill("2030-02-30 10:00");
  await field.press("Enter");
  assert.match(
    await field.evaluate((it) => /** @type {HTMLInputElement} */ (it).validationMessage),
    /^Write day and time as \d{4}-/,
  );
  assert.equal((await rest(`/task/${task.id}`)).due, null);

  await field.fill("2030-1-31 8:05");
  await field.press("Alt+ArrowDown");
  const calendar = page.getByRole("dialog", { name: "Pick a day" });
  await calendar.getByRole("button", { name: "Thursday, January 31, 2030", pressed: true }).waitFor();
  await page.keyboard.press("Escape");
  await calendar.waitFor({ state: "detached" });
  assert.equal(await field.inputValue(), "2030-01-31 08:05");
  await field.press("Alt+ArrowDown");
  await calendar.getByRole("button", { name: "Thursday, January 31, 2030" }).press("PageDown");
  await calendar.getByRole("button", { name: "Thursday, February 28, 2030" }).press("ArrowUp");
  await calendar.getByRole("button", { name: "Thursday, February 21, 2030" }).press("Enter");
  await calendar.waitFor({ state: "detached" });
  assert.equal(await field.inputValue(), "2030-02-21 08:05");
  await deed.click();
  await page.getByText("Due date set").waitFor();
  const at = new Date((await rest(`/task/${task.id}`)).due);
  assert.deepEqual([at.getTime(), page.errors], [new Date(2030, 1, 21, 8, 5).getTime(), []]);
});

test("a task that another has completed meanwhile is not there any more", async () => {
  const { task } = await askForLeave("gone-1");
  const page = await openPage();
  await page.goto(`${base}/tasks/${task.id}?text=gone-1`);
  await panelOf(page).getByLabel("Reason").waitFor();
  await rowOf(page, "gone-1").waitFor();
  const values = { verdict: { value: "granted" }, reason: { value: "By somebody else" } };
  await rest(`/task/${task.id}/complete`, { variables: values });
  await panelOf(page).getByRole("heading", { name: "There is no such task" }).waitFor();
});

test("a task that came before the stream has begun is shown", async () => {
  const page = await openPage();
  await page.route("**/engine-rest/stream", async (route) => {
    await page.getByText("No task matches").waitFor();
    await askForLeave("early-1");
    await route.continue();
  });
  await page.goto(`${base}/tasks?text=early-`);
  await rowOf(page, "early-1").waitFor();
});

test("a comment is written on a task, read and deleted on the page of its instance, and another written there", async () => {
  const { id, task } = await askForLeave("commented-1");
  const page = await openPage();
  await page.goto(`${base}/tasks/${task.id}?text=commented-1`);
  await panelOf(page).getByRole("tab", { name: "Comments" }).click();
  await page.getByText("Nobody has written a comment yet.").waitFor();
  await page.getByLabel("Comment on").fill("Asked her twice.\n<b>No answer.</b>");
  await page.getByRole("button", { name: "Add the comment" }).press("Enter");
  await page.getByRole("listitem").filter({ hasText: "<b>No answer.</b>" }).waitFor();
  assert.deepEqual(await findings(page), []);

  await page.goto(`${base}/instances/${id}`);
  await page.getByText("Comments", { exact: true }).click();
  const comments = page.getByRole("region", { name: "Comments" });
  await comments.getByRole("listitem").filter({ hasText: "Asked her twice." }).waitFor();
  await comments.getByLabel("Comment on").fill("She is ill.");
  await comments.getByRole("button", { name: "Add the comment" }).click();
  await comments.getByRole("listitem").filter({ hasText: "She is ill." }).waitFor();
  assert.deepEqual(await findingsInThemes(page), []);
  await comments.getByRole("button", { name: /^Delete the comment .*Asked her/ }).click();
  await comments.getByText("Asked her twice.").waitFor({ state: "detached" });
  const left = await rest(`/process-instance/${id}/comment`);
  assert.deepEqual(
    left.map((/** @type {{ message: string }} */ it) => it.message),
    ["She is ill."],
  );
  assert.deepEqual(page.errors, []);
});

test("a process is started by its form, under an address of its own", async () => {
  const page = await openPage();
  await page.goto(`${base}/start`);
  await page.getByLabel("Find a process").fill("leave");
  await page.getByRole("link", { name: /Ask for leave/ }).click();
  assert.equal(new URL(page.url()).pathname, "/start/ui-leave");
  await page.goto(page.url());
  await page.getByLabel("Days").fill("31");
  await page.getByRole("button", { name: /^Start version/ }).click();
  assert.equal(await page.getByLabel("Days").evaluate((field) => field.matches(":invalid")), true);
  await page.getByLabel("Business key").fill("leave-of-ada");
  await page.getByLabel("Days").fill("5");
  await page.getByLabel("First day").fill("2026-12-21");
  await page.keyboard.press("Enter");
  await page.getByText("Ask for leave has started").waitFor();
  const [instance] = await rest("/process-instance?businessKey=leave-of-ada");
  const { days, from } = await rest(`/process-instance/${instance.id}/variables`);
  assert.equal(days.value, 5);
  assert.match(from.value, /^2026-12-21T/);
  await page.getByRole("button", { name: "Start another" }).click();
  await page.getByLabel("Days").waitFor();

  await page.goto(`${base}/start/nothing-like-this`);
  await page.getByText("There is no such process to start").waitFor();
  assert.deepEqual(page.errors, []);
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`axe finds nothing wrong where people work (${colorScheme})`, async () => {
    const { task } = await askForLeave(`axe-${colorScheme}`);
    await change(task, { due: "2026-01-01T10:00:00.000+0000", priority: 80 });
    const page = await openPage({ colorScheme, reducedMotion: "reduce" });
    await page.goto(`${base}/tasks?text=axe-${colorScheme}`);
    await rowOf(page, "axe-").waitFor();
    assert.deepEqual(await findings(page), []);
    await page.goto(`${base}/tasks/${task.id}?text=axe-${colorScheme}`);
    await panelOf(page).getByLabel("Reason").waitFor();
    assert.deepEqual(await findings(page), []);
    await panelOf(page).getByRole("tab", { name: "History" }).click();
    await panelOf(page).getByText("Task for a person").waitFor();
    assert.deepEqual(await findings(page), []);
    await panelOf(page).getByRole("button", { name: "Task actions" }).click();
    await page.getByRole("menuitem", { name: "Put off until…" }).click();
    await page.getByRole("dialog").waitFor();
    await page.getByLabel("Day and time").press("Alt+ArrowDown");
    await page.getByRole("dialog", { name: "Pick a day" }).waitFor();
    assert.deepEqual(await findings(page), []);
    await page.goto(`${base}/tasks?text=nothing-like-this`);
    await page.getByText("No task matches").waitFor();
    assert.deepEqual(await findings(page), []);
    await page.goto(`${base}/start/ui-leave`);
    await page.getByLabel("Days").waitFor();
    assert.deepEqual(await findings(page), []);
  });
}

test("a task that no process asks for is created, done, and another one deleted", async () => {
  const page = await openPage();
  await page.goto(`${base}/tasks?text=by-hand`);
  await page.getByText("No task matches").waitFor();
  for (const name of ["Water the plants by-hand", "Feed the cat by-hand"]) {
    await page.getByRole("button", { name: "New task…" }).click();
    const dialog = page.getByRole("dialog", { name: "New task" });
    await dialog.getByLabel("What is to be done").fill(name);
    await dialog.getByLabel(/More about it/).fill("Every second day");
    await dialog.getByLabel(/Assign to/).fill("bea");
    assert.deepEqual(await findings(page), []);
    await dialog.getByRole("button", { name: "Create" }).click();
    await rowOf(page, name).waitFor();
  }
  const panel = panelOf(page);
  await rowOf(page, "Water").getByRole("link", { name: "Water the plants" }).click();
  await panel.getByText("Every second day").waitFor();
  assert.equal(await panel.getByRole("tab", { name: "Diagram" }).count(), 0);
  await panel.getByRole("tab", { name: "Comments" }).click();
  await panel.getByRole("textbox").fill("They like it");
  await panel.getByRole("button", { name: "Comment" }).click();
  await panel.getByText("They like it").waitFor();
  await panel.getByRole("tab", { name: "Task" }).click();
  assert.deepEqual(await findings(page), []);
  await panel.getByRole("button", { name: "Complete" }).click();
  await rowOf(page, "Water").waitFor({ state: "detached" });

  // The next one is open already.
  await panel.getByRole("heading", { name: "Feed the cat by-hand" }).waitFor();
  await panel.getByRole("button", { name: "Task actions" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await page.getByRole("dialog", { name: "Delete the task" }).getByRole("button", { name: "Delete the task" }).click();
  await page.getByText("No task matches").waitFor();
  /** @type {{ name: string; deleteReason: string }[]} */
  const done = await rest("/history/task?taskNameLike=%25by-hand");
  assert.deepEqual(done.map((it) => it.deleteReason).sort(), ["completed", "deleted"]);
  assert.deepEqual(page.errors, []);
});
