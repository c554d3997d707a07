// What a person does: find the task, claim it, fill in its form, complete it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { base, history, rest, samples, useBrowser } from "./support.mjs";

const ticket = JSON.parse(readFileSync(new URL("sysops-ticket/tickets/disk-full.json", samples), "utf8"));
const typed = Object.fromEntries(Object.entries(ticket).map(([name, value]) => [name, { value }]));

const openPage = useBrowser();

test("a ticket is resolved by the person it was assigned to, with the keyboard", async () => {
  const page = await openPage();
  await page.goto(`${base}/tasks`);
  const { id } = await rest("/process-definition/key/sysops-ticket/start", {
    businessKey: "browser-ticket",
    variables: typed,
  });
  const row = page.locator("tr", { hasText: "browser-ticket" });
  await row.getByRole("link", { name: "Resolve ticket" }).focus();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("complementary", { name: "Task" });
  await panel.getByText("Assigned to ada").waitFor();

  await panel.getByRole("button", { name: "Complete" }).click();
  assert.equal(await panel.getByLabel(/What was done/).evaluate((field) => field.matches(":invalid")), true);
  assert.equal((await rest(`/task?processInstanceId=${id}`)).length, 1);

  await panel.getByLabel(/What was done/).fill("Deleted old logs");
  await page.keyboard.press("Enter");
  await row.waitFor({ state: "detached" });
  await page.getByText("Completed", { exact: true }).waitFor();
  const done = await history(id, "UserTaskCompleted");
  assert.equal(done.length, 1);
  assert.equal((await rest(`/history/process-instance/${id}`)).state, "COMPLETED");
  /** @type {{ name: string; value: unknown }[]} */
  const variables = await rest(`/history/variable-instance?processInstanceId=${id}`);
  assert.equal(variables.find((it) => it.name === "resolution")?.value, "Deleted old logs");
  assert.deepEqual(page.errors, []);
});

test("a task says who has claimed it, and can be given back", async () => {
  const page = await openPage();
  await rest("/process-definition/key/sysops-ticket/start", { businessKey: "browser-claim", variables: typed });
  await page.goto(`${base}/tasks`);
  await page.getByLabel("I am").fill("bea");
  await page.locator("tr", { hasText: "browser-claim" }).getByRole("link", { name: "Resolve ticket" }).click();
  const panel = page.getByRole("complementary", { name: "Task" });
  await panel.getByRole("button", { name: "Give back" }).click();
  await panel.getByText("Nobody has claimed it").waitFor();
  await panel.getByRole("button", { name: "Claim", exact: true }).click();
  await panel.getByText("Assigned to bea").waitFor();
  await page.getByRole("button", { name: "Mine" }).click();
  await page.locator("tr", { hasText: "browser-claim" }).getByText("bea").waitFor();
  assert.deepEqual(page.errors, []);
});
