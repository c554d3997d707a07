// People, groups and API keys in the browser. It runs after the first administrator was made.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { base, findingsInThemes, useBrowser } from "../support.mjs";
import { fill, makeFirstAdministrator, PASSWORD } from "./people.mjs";

const openPage = useBrowser();
before(makeFirstAdministrator);

/** @param {string} path */
async function openAs(name = "boss", path = "/administration") {
  const page = await openPage();
  await page.goto(base + path);
  await fill(page, name, PASSWORD);
  await page.getByRole("button", { name: `Sign out ${name}` }).waitFor();
  return page;
}

test("an administrator makes a group and a user, whose password, rights and sessions take effect", async () => {
  const page = await openAs("boss", "/administration/groups");
  await page.getByText("There is no group yet").waitFor();
  await page.getByRole("button", { name: "New group" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Id").fill("dispatch");
  await dialog.getByLabel("task-user").check();
  assert.deepEqual(await findingsInThemes(page), []);
  await dialog.getByRole("button", { name: "Create the group" }).click();
  await page.getByRole("cell", { name: "task-user" }).waitFor();

  await page.getByRole("tab", { name: "People" }).click();
  await page.getByRole("button", { name: "New user" }).click();
  await dialog.getByLabel("Name to sign in with").fill("dora");
  await dialog.getByLabel("Password").fill("short");
  await dialog.getByRole("button", { name: "Create the user" }).click();
  await dialog.getByRole("alert").filter({ hasText: "12 to 1000 characters" }).waitFor();
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByLabel("dispatch").check();
  assert.deepEqual(await findingsInThemes(page), []);
  await dialog.getByRole("button", { name: "Create the user" }).click();
  const row = page.getByRole("row", { name: /dora/ });
  await row.getByText("By password").waitFor();
  assert.deepEqual(await findingsInThemes(page), []);

  const hers = await openAs("dora", "/tasks");
  await hers.getByRole("heading", { name: "Tasks" }).waitFor();
  await row.getByRole("button", { name: "Change dora" }).click();
  await dialog.getByRole("button", { name: "Disable" }).click();
  await dialog.getByRole("status").filter({ hasText: "can sign in no more" }).waitFor();
  await dialog.getByRole("button", { name: "Enable" }).waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await row.getByText("Disabled").waitFor();

  await row.getByRole("button", { name: "Change dora" }).click();
  await dialog.getByRole("button", { name: "Delete dora…" }).click();
  await dialog.getByText("The sessions end, tasks stay.").waitFor();
  await dialog.getByRole("button", { name: "Delete dora", exact: true }).click();
  await row.waitFor({ state: "detached" });
  assert.deepEqual(page.errors, []);
});

test("a key is shown once, works, and is revoked", async () => {
  const page = await openAs("boss", "/administration/keys");
  await page.context().grantPermissions(["clipboard-write"]);
  await page.getByRole("button", { name: "New API key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("till");
  await dialog.getByLabel("viewer").check();
  await dialog.getByRole("button", { name: "Create the key" }).click();
  const field = dialog.getByLabel("Key", { exact: true });
  await field.waitFor();
  const key = await field.inputValue();
  await dialog.getByRole("button", { name: "Copy" }).click();
  await dialog.getByRole("status").filter({ hasText: "Copied." }).waitFor();
  assert.deepEqual(await findingsInThemes(page), []);
  const me = () => fetch(`${base}/engine-rest/me`, { headers: { Authorization: `Bearer ${key}` } });
  assert.equal((await me()).status, 200);

  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  await page.getByRole("button", { name: "Revoke till" }).click();
  await dialog.getByRole("button", { name: "Revoke till" }).click();
  await page.getByRole("row", { name: /till/ }).waitFor({ state: "detached" });
  assert.deepEqual(page.errors, []);
});

test("the last administrator cannot be taken away, and the dialog says so", async () => {
  const page = await openAs();
  await page.getByRole("button", { name: "Change boss" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("administrator").uncheck();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("alert").filter({ hasText: "is the only one" }).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});
