// Instances go on in another version: from the list, from the page of one that is open meanwhile, and after a deployment.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deploy } from "./deployments.mjs";
import { draw } from "./diagrams.mjs";
import { base, findCut, findingsInThemes, marked, rest, until, useBrowser } from "./support.mjs";

const openPage = useBrowser();

/** @param {string[]} people */
const nodesOf = (people) =>
  ["Start", ...people, "Done"].map((id, index, all) => ({
    id,
    type: index === 0 ? "startEvent" : index === all.length - 1 ? "endEvent" : "userTask",
    x: 100 + 160 * index,
    y: 160,
  }));

/**
 * A process in which one person after the other has a task.
 * @param {string} key @param {string[]} people ids of the tasks
 * @returns {Promise<string>} the id of the definition
 */
async function deployLine(key, people) {
  const nodes = nodesOf(people);
  /** @type {[string, string, string][]} */
  const flows = nodes.slice(1).map(({ id }, index) => [`to-${id}`, nodes[index]?.id ?? "", id]);
  return (await deploy({ [`${key}.bpmn`]: draw(nodes, flows, key) }))[0] ?? "";
}

/** Starts an instance and completes its first task. @param {string} key @param {string} businessKey @returns {Promise<string>} */
async function startAndAsk(key, businessKey) {
  const { id } = await rest(`/process-definition/key/${key}/start`, { businessKey });
  const [task] = await rest(`/task?processInstanceId=${id}`);
  await rest(`/task/${task.id}/complete`, {});
  return id;
}

/** @param {string} id of an instance @returns {Promise<string>} */
const definitionOf = async (id) => (await rest(`/process-instance/${id}`)).definitionId;

test("chosen instances are migrated as a batch, by a plan that says what cannot be mapped and is completed by hand", async () => {
  const key = `migrated-${Date.now().toString(36)}`;
  await deployLine(key, ["Ask", "Tell"]);
  const ids = await Promise.all([1, 2].map((each) => startAndAsk(key, `${key}-${each}`)));
  const target = await deployLine(key, ["Ask", "Shout"]);
  const page = await openPage();
  await page.goto(`${base}/instances?definition=${key}&state=waiting`);
  await page.locator("tbody tr").nth(1).waitFor();
  await page.getByLabel("Choose all on this page").press("Space");
  await page.getByRole("button", { name: "Migrate 2…" }).press("Enter");
  const sheet = page.getByRole("dialog", { name: "Migrate instances" });
  await sheet.getByText("Instances with a token at Tell cannot be migrated").waitFor();
  await sheet.getByText("There is no element 'Tell'").waitFor();
  assert.equal(await sheet.getByLabel("What Ask becomes").inputValue(), "Ask");
  await sheet.getByRole("button", { name: "Check the instances" }).press("Enter");
  await sheet.getByText("2 instances of 2 cannot be migrated now").waitFor();
  assert.deepEqual(await findingsInThemes(page), []);
  await sheet.getByLabel("What Tell becomes").selectOption("Shout");
  await sheet.getByText("There is no element 'Tell'").waitFor({ state: "detached" });
  await sheet.getByRole("button", { name: "Check the instances" }).press("Enter");
  await sheet.getByText("All 2 can be migrated now.").waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  assert.deepEqual(await findCut(page), []);
  await page.setViewportSize({ width: 1440, height: 900 });
  await sheet.getByRole("button", { name: "Migrate 2 instances" }).press("Enter");
  await page.getByRole("region", { name: "Batch" }).getByText("Migrate instances: 2 of 2 done").waitFor();
  for (const id of ids) assert.equal(await definitionOf(id), target);
  assert.deepEqual(page.errors, []);
});

test("an open page goes on in the new version: its diagram and tokens, and nothing of the old one where it was not", async () => {
  const key = `open-${Date.now().toString(36)}`;
  const source = await deployLine(key, ["Ask", "Tell"]);
  const id = await startAndAsk(key, `${key}-1`);
  const page = await openPage();
  await page.goto(`${base}/instances/${id}`);
  await marked(page, "Ask", "mark-done");
  await marked(page, "Tell", "mark-waiting");
  await deployLine(key, ["Check", "Shout", "Tell"]);
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Migrate…" }).click();
  const sheet = page.getByRole("dialog", { name: "Migrate the instance" });
  await sheet.getByLabel("What Tell becomes").selectOption("Shout");
  await sheet.getByRole("button", { name: "Migrate it" }).click();
  await sheet.waitFor({ state: "detached" });
  await marked(page, "Shout", "mark-waiting");
  await page
    .getByRole("link", { name: `${key} v2` })
    .first()
    .waitFor();
  const drawn = page.locator('[data-testid="diagram"]');
  assert.equal(await drawn.locator('[data-element-id="Ask"]').count(), 0);
  for (const untouched of ["Check", "Tell", "to-Check", "to-Shout", "to-Tell"])
    assert.equal(
      await drawn.locator(`[data-element-id="${untouched}"][class*="mark-"]`).count(),
      0,
      `${untouched} was not come to`,
    );
  await marked(page, "Start", "mark-done");

  // Before the migration it was the old version, and is shown so.
  await page.getByRole("slider", { name: "Moment in the history" }).fill("3");
  await drawn.locator('.djs-element[data-element-id="Ask"]').waitFor();
  assert.equal(await drawn.locator('[data-element-id="Shout"]').count(), 0);
  await page.getByRole("button", { name: "Back to now" }).click();
  await marked(page, "Shout", "mark-waiting");
  assert.notEqual(await definitionOf(id), source);
  assert.deepEqual(page.errors, []);
});

test("after a deployment those that run are migrated, if that was chosen in its sheet", async () => {
  const key = `deployed-${Date.now().toString(36)}`;
  const source = await deployLine(key, ["Ask", "Tell"]);
  const id = await startAndAsk(key, `${key}-1`);
  const page = await openPage();
  await page.goto(`${base}/designer/${encodeURIComponent(source)}`);
  await page.locator('.djs-element[data-element-id="Ask"]').dblclick();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Ask the boss");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Then migrate 1 running instance").check();
  await page.getByRole("button", { name: "Deploy version 2" }).click();
  const sheet = page.getByRole("dialog", { name: "Migrate instances" });
  await sheet.getByLabel("What Tell becomes").waitFor();
  await sheet.getByRole("button", { name: "Migrate 1 instance" }).click();
  await page.getByRole("complementary", { name: "Batch" }).getByText("1 of 1 done").waitFor();
  await until(async () => (await definitionOf(id)) !== source);
  assert.deepEqual(page.errors, []);
});

test("tokens of chosen instances are cancelled and started at elements of the diagram, as a batch", async () => {
  const key = `modified-${Date.now().toString(36)}`;
  await deployLine(key, ["Ask", "Tell"]);
  const ids = await Promise.all([1, 2].map((each) => startAndAsk(key, `${key}-${each}`)));
  const page = await openPage();
  await page.goto(`${base}/instances?definition=${key}`);
  await page.locator("tbody tr").nth(1).waitFor();
  await page.getByLabel("Choose all on this page").press("Space");
  await page.getByRole("button", { name: "Move tokens of 2…" }).press("Enter");
  const sheet = page.getByRole("dialog", { name: "Move tokens" });
  await sheet.locator('.djs-element[data-element-id="Tell"]').click();
  await sheet.getByRole("button", { name: "Cancel what is there" }).click();
  await sheet.getByLabel("Element").selectOption("Ask");
  await sheet.getByRole("button", { name: "Start before it" }).press("Enter");
  await sheet.getByText("2. Start before Ask").waitFor();
  assert.deepEqual(await findingsInThemes(page), []);
  await page.setViewportSize({ width: 390, height: 844 });
  assert.deepEqual(await findCut(page), []);
  await page.setViewportSize({ width: 1440, height: 900 });
  await sheet.getByRole("button", { name: "Do it in 2 instances", disabled: false }).press("Enter");
  await page.getByRole("region", { name: "Batch" }).getByText("Move tokens: 2 of 2 done").waitFor();
  for (const id of ids) {
    const tasks = await rest(`/task?processInstanceId=${id}`);
    assert.deepEqual(
      tasks.map((/** @type {{ taskDefinitionKey: string }} */ it) => it.taskDefinitionKey),
      ["Ask"],
    );
  }
  assert.deepEqual(page.errors, []);
});

test("all that match are moved, and then migrated, as one batch each and without naming any of them", async () => {
  const key = `matching-${Date.now().toString(36)}`;
  await deployLine(key, ["Ask", "Tell"]);
  const ids = await Promise.all([1, 2, 3].map((each) => startAndAsk(key, `${key}-${each}`)));
  const target = await deployLine(key, ["Ask", "Tell", "Thank"]);
  const page = await openPage();
  await page.goto(`${base}/instances?definition=${key}&business=${key}`);
  const bar = page.getByRole("region", { name: "Chosen instances" });
  const batch = page.getByRole("region", { name: "Batch" });
  const chooseAll = async () => {
    await page.getByLabel(`Choose ${key}-1`).press("Space");
    await bar.getByRole("button", { name: "Choose all 3" }).press("Enter");
    await bar.getByText("All 3 that match").waitFor();
  };
  /** @param {RegExp} path @returns {Promise<string[]>} what the request says of the instances */
  const askedFor = async (path) => {
    const body = (await page.waitForRequest(path)).postDataJSON();
    return Object.keys(body).filter((it) => it.startsWith("processInstance") || it === "overviewQuery");
  };

  await chooseAll();
  await bar.getByRole("button", { name: "Move tokens…" }).press("Enter");
  await page.locator(".toast", { hasText: "Filter by a version too" }).waitFor();
  await page.goto(`${base}/instances?definition=${key}&business=${key}&version=1`);
  await chooseAll();
  await bar.getByRole("button", { name: "Move tokens…" }).press("Enter");
  const steps = page.getByRole("dialog", { name: "Move tokens" });
  await steps.getByLabel("Element").selectOption("Tell");
  await steps.getByRole("button", { name: "Cancel what is there" }).press("Enter");
  await steps.getByLabel("Element").selectOption("Ask");
  await steps.getByRole("button", { name: "Start before it" }).press("Enter");
  const moved = askedFor(/modification\/executeAsync/);
  await steps.getByRole("button", { name: "Do it in 3 instances", disabled: false }).press("Enter");
  assert.deepEqual(await moved, ["overviewQuery"]);
  await batch.getByText("Move tokens: 3 of 3 done").waitFor();

  await chooseAll();
  await bar.getByRole("button", { name: "Migrate…" }).press("Enter");
  const plan = page.getByRole("dialog", { name: "Migrate instances" });
  const migrated = askedFor(/migration\/executeAsync/);
  await plan.getByRole("button", { name: "Migrate 3 instances", disabled: false }).press("Enter");
  assert.deepEqual(await migrated, ["overviewQuery"]);
  await batch.getByText("Migrate instances: 3 of 3 done").waitFor();
  for (const id of ids) {
    assert.equal(await definitionOf(id), target);
    const [task] = await rest(`/task?processInstanceId=${id}`);
    assert.equal(task.taskDefinitionKey, "Ask");
  }
  assert.deepEqual(page.errors, []);
});
