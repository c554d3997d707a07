// Instances are found by what they are, chosen, and changed together.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deployModels } from "./deployments.mjs";
import { base, rest, until, useBrowser } from "./support.mjs";

const openPage = useBrowser();
const KEY = "ui-forms";

before(() => deployModels(`${KEY}.bpmn`));

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

test("instances at an element are found by its name", async () => {
  const [definition] = await rest("/process-definition?key=sysops-ticket&latestVersion=true");
  const page = await openPage();
  await page.goto(`${base}/instances?definition=${definition.key}`);
  await page.getByLabel("Add a filter").selectOption("element");
  await page.locator('datalist option[value="Resolve ticket"]').waitFor({ state: "attached" });
  await page.getByLabel("Element").fill("resolve ticket");
  await page.keyboard.press("Enter");
  await page.waitForURL(/element=ResolveTicket/);
  assert.deepEqual(page.errors, []);
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
  const batch = page.getByRole("region", { name: "Batch" });
  await batch.getByText("Suspend instances: 3 of 3 done").waitFor();
  await batch.getByRole("button", { name: "Close" }).click();
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
  await batch.getByText("Cancel instances: 2 of 2 done").waitFor();
  await batch.getByRole("link", { name: "Show the batch" }).click();
  const panel = page.getByRole("complementary", { name: "Batch" });
  await panel.getByText("2 of 2 done").waitFor();
  assert.deepEqual(page.errors, []);
});

test("all that match are changed as one batch, by keys alone, without naming each", async () => {
  const many = 60; // more than a page
  for (let each = 0; each < many; each += 10)
    await Promise.all(Array.from({ length: 10 }, (_, n) => start(`whole-${each + n}`, n)));
  const page = await openPage();
  await page.goto(`${base}/instances?business=whole-`);
  await page.getByText(`${many} instances`).waitFor();
  await page.getByLabel("Choose all on this page").press("Space");
  const bar = page.getByRole("region", { name: "Chosen instances" });
  await bar.getByRole("button", { name: `Choose all ${many}` }).press("Enter");
  await bar.getByText(`All ${many} that match`).waitFor();
  const asked = page.waitForRequest(/suspended-async/);
  await bar.getByRole("button", { name: "Suspend…" }).press("Enter");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: `Suspend ${many} instances` })
    .press("Enter");
  assert.deepEqual(Object.keys((await asked).postDataJSON()).sort(), ["overviewQuery", "suspended"]);
  const batch = page.getByRole("region", { name: "Batch" });
  await batch.getByText(`${many} of ${many} done`).waitFor();
  assert.equal((await rest("/process-instance/count?suspended=true&businessKeyLike=whole-%25")).count, many);
  await page.getByLabel("Choose all on this page").press("Space");
  await bar.getByRole("button", { name: `Choose all ${many}` }).press("Enter");
  // None of them is active any more.
  await bar.getByRole("button", { name: "Suspend…" }).press("Enter");
  await page.locator(".toast", { hasText: "fits none of them" }).waitFor();
  assert.deepEqual(page.errors, []);
});

test("what a batch could not do is found with its reason, tried again, and the batch suspended, stopped and deleted", async () => {
  const [gone, fine] = await Promise.all([start("batched-gone", 1), start("batched-fine", 2)]);
  await rest(`/process-instance/${gone.id}/cancel`, {});
  const { id } = await rest("/process-instance/suspended-async", {
    suspended: true,
    processInstanceIds: [gone.id, fine.id],
  });
  const page = await openPage();
  await page.goto(`${base}/instances`);
  await page.getByRole("link", { name: "Batches", exact: true }).click();
  const row = page.locator(`tbody tr:has(a[href*="${id}"])`);
  await row.getByText("1 of 2 done · 1 failed").waitFor();
  await row.getByRole("link", { name: "Suspend instances" }).press("Enter");
  const panel = page.getByRole("complementary", { name: "Batch" });
  await panel.getByText("1 item could not be done").waitFor();
  await panel.getByText("has ended").waitFor();
  assert.equal(
    await panel.getByRole("link", { name: gone.id.slice(0, 8) }).getAttribute("href"),
    `/instances/${gone.id}`,
  );
  await panel.getByRole("button", { name: `Retry ${gone.id.slice(0, 8)}` }).click();
  await page.locator(".toast", { hasText: "Trying 1 item again" }).waitFor();
  await panel.getByRole("button", { name: "Retry 1", exact: true }).waitFor();
  await panel.getByRole("button", { name: "Suspend", exact: true }).click();
  await row.getByText("Suspended", { exact: true }).waitFor();
  await panel.getByRole("button", { name: "Resume", exact: true }).click();
  await row.getByText("1 failed", { exact: true }).waitFor();
  await panel.getByRole("button", { name: "Stop…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop the batch" }).click();
  await row.getByText("Stopped", { exact: true }).waitFor();
  await panel.getByText("has ended").waitFor();
  await panel.getByRole("button", { name: "Delete…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete the batch" }).click();
  await panel.waitFor({ state: "detached" });
  await row.waitFor({ state: "detached" });
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

test("what takes a search says that older instances are left, and goes on when it is told to", async () => {
  const page = await openPage();
  let asked = 0;
  // As if there were more instances than a test can start: after each part there is another one.
  await page.route("**/process-instance/overview**", async (route) => {
    const address = new URL(route.request().url());
    if (address.pathname.endsWith("/count")) asked += 1;
    address.searchParams.delete("continueFrom");
    const response = await route.fetch({ url: address.href });
    await route.fulfill({ response, headers: { ...response.headers(), "Baton-Continue": "0.1" } });
  });
  await page.goto(`${base}/instances?business=nothing-is-called-so`);
  const banner = page.getByRole("status").filter({ hasText: "Only the newest instances have been looked through" });
  await banner.waitFor();
  await page.getByText("0 instances so far").waitFor();
  assert.equal(await page.getByText("No instance matches").isVisible(), false);
  const before = asked;
  await banner.getByRole("button", { name: "Search older ones" }).click();
  await until(async () => asked >= before + 20);
  assert.deepEqual(page.errors, []);
});
