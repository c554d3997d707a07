// Instances are found by what they are, chosen, and changed together.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { base, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();
const KEY = "ui-forms";

before(async () => {
  const form = new FormData();
  form.set(`${KEY}.bpmn`, new Blob([readFileSync(new URL(`models/${KEY}.bpmn`, import.meta.url))]), `${KEY}.bpmn`);
  const answer = await fetch(`${base}/engine-rest/deployment/create`, { method: "POST", body: form });
  assert.equal(answer.status, 200, await answer.text());
});

/**
 * @param {string} businessKey
 * @param {number} amount
 */
const start = (businessKey, amount) =>
  rest(`/process-definition/key/${KEY}/start`, {
    businessKey,
    variables: { amount: { value: amount, type: "Integer" } },
  });

/** @param {TestPage} page @returns {Promise<string[]>} */
const keys = async (page) => (await page.locator("tbody a.name").allTextContents()).sort();

test("a filter by a variable becomes a chip and a part of the address, and is taken away again", async () => {
  await start("lists-large", 500);
  await start("lists-small", 5);
  const page = await openPage();
  await page.goto(`${base}/instances?business=lists-`);
  await page.locator("tbody tr").nth(1).waitFor();
  await page.getByLabel("Add a filter").selectOption("variable");
  await page.getByLabel("Variable").fill("amount");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "amount > 100" }).waitFor();
  await page.getByLabel("Variable").fill("amount > 100");
  await page.keyboard.press("Enter");
  await page.locator("tbody tr", { hasText: "lists-small" }).waitFor({ state: "detached" });
  assert.deepEqual(await keys(page), ["lists-large"]);

  const other = await openPage();
  await other.goto(page.url());
  await other.locator("tbody tr", { hasText: "lists-large" }).waitFor();
  assert.deepEqual(await keys(other), ["lists-large"]);
  await other.getByRole("button", { name: "Take away the filter Variable" }).click();
  await other.locator("tbody tr", { hasText: "lists-small" }).waitFor();
});

test("what waits is listed apart from what runs", async () => {
  await start("lists-waiting", 1);
  const page = await openPage();
  await page.goto(`${base}/instances?business=lists-waiting`);
  await page.locator("tbody tr").first().waitFor();
  await page.getByRole("button", { name: "Running", exact: true }).click();
  await page.getByText("No instance matches").waitFor();
  await page.getByRole("button", { name: "Waiting", exact: true }).click();
  await page.locator("tbody tr", { hasText: "Waits for a person" }).waitFor();
});

test("chosen instances are suspended, resumed and cancelled together", async () => {
  const started = await Promise.all([1, 2, 3].map((each) => start(`bulk-${each}`, each)));
  const page = await openPage();
  await page.goto(`${base}/instances?business=bulk-`);
  await page.locator("tbody tr").nth(2).waitFor();
  await page.getByLabel("Choose all on this page").check();
  await page.getByText("3 chosen").waitFor();
  await page.getByRole("button", { name: "Suspend 3" }).click();
  await page.locator(".toast", { hasText: "3 instances suspended" }).waitFor();
  await page.locator("tbody tr", { hasText: "Suspended" }).nth(2).waitFor();

  await page.getByLabel("Choose bulk-1").check();
  await page.getByLabel("Choose bulk-2").check();
  await page.getByRole("button", { name: "Cancel 2…" }).click();
  await page.getByRole("button", { name: "Cancel 2 instances" }).click();
  await page.locator("tbody tr", { hasText: "Cancelled" }).nth(1).waitFor();
  const left = await rest(`/process-instance?processInstanceIds=${started.map((it) => it.id).join(",")}`);
  assert.deepEqual(
    left.map((/** @type {{ id: string }} */ it) => it.id),
    [started[2].id],
  );
  assert.deepEqual(page.errors, []);
});

test("columns are chosen, stand in the address, are remembered, and sort", async () => {
  await start("columns-a", 1);
  await start("columns-b", 2);
  const page = await openPage();
  await page.goto(`${base}/instances?business=columns-`);
  await page.locator("tbody tr").nth(1).waitFor();
  await page.locator("summary", { hasText: "Columns" }).click();
  await page.getByRole("group", { name: "Columns" }).getByLabel("Incidents").check();
  await page.getByRole("group", { name: "Columns" }).getByLabel("Where it is").uncheck();
  await page.getByRole("columnheader", { name: "Incidents" }).waitFor();
  assert.equal(await page.getByRole("columnheader", { name: "Where it is" }).count(), 0);
  assert.match(new URL(page.url()).searchParams.get("columns") ?? "", /^state,key,.*incidents$/);
  await page.getByRole("columnheader", { name: "Business key" }).getByRole("button").click();
  await page.locator("th[aria-sort=descending]", { hasText: "Business key" }).waitFor();
  await page.waitForFunction(() => document.querySelector("tbody a.name")?.textContent === "columns-b");

  await page.goto(`${base}/instances?business=columns-`);
  await page.getByRole("columnheader", { name: "Incidents" }).waitFor();
  const other = await openPage();
  await other.goto(`${base}/instances?business=columns-&columns=key,id`);
  await other.getByRole("columnheader", { name: "Id", exact: true }).waitFor();
  assert.equal(await other.getByRole("columnheader").count(), 3);
  assert.deepEqual(page.errors, []);
});
