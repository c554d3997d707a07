// What a second person has to approve, on the page of the instance. It runs after the first administrator was made.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { base, findingsInThemes, useBrowser } from "../support.mjs";
import { fill, makeFirstAdministrator, PASSWORD, post } from "./people.mjs";

const openPage = useBrowser();
/** @type {string} */
let instance;

before(async () => {
  await makeFirstAdministrator();
  const { cookie } = await post("/sign-in", { id: "boss", password: PASSWORD });
  for (const id of ["asker", "decider"])
    await post("/user/create", { profile: { id }, credentials: { password: PASSWORD }, roles: ["operator"] }, cookie);
  const form = new FormData();
  form.set(
    "careful.bpmn",
    new Blob([readFileSync(new URL("../models/ui-careful.bpmn", import.meta.url))]),
    "careful.bpmn",
  );
  const deployed = await fetch(`${base}/engine-rest/deployment/create`, {
    method: "POST",
    headers: { cookie },
    body: form,
  });
  assert.equal(deployed.status, 200, await deployed.text());
  const started = await fetch(`${base}/engine-rest/process-definition/key/ui-careful/start`, {
    method: "POST",
    headers: { "Content-Type": "application/json", cookie },
    body: "{}",
  });
  instance = (await started.json()).id;
});

/** @param {string} name */
async function openAs(name) {
  const page = await openPage();
  await page.goto(`${base}/instances/${instance}?element=Look`);
  await fill(page, name, PASSWORD);
  await page.getByRole("complementary", { name: "Details" }).waitFor();
  return page;
}

test("a rollback is asked for by one person, refused and then approved by another", async () => {
  const asker = await openAs("asker");
  const ask = async () => {
    await asker.getByRole("button", { name: "Undo and go back to here…" }).click();
    await asker.getByRole("button", { name: "Go back to Look" }).click();
    await asker.getByText("Another person has to approve it.").waitFor();
  };
  await ask();
  assert.deepEqual(await findingsInThemes(asker), []);
  assert.equal(await asker.getByRole("button", { name: "Approve" }).count(), 0);

  const decider = await openAs("decider");
  const banner = decider.getByRole("region", { name: "Waits for a second person" });
  await banner.getByText("asker has asked to undo and go back to Look.").waitFor();
  await banner.getByRole("button", { name: "Refuse" }).click();
  await banner.waitFor({ state: "detached" });

  await asker.getByText("Another person has to approve it.").waitFor({ state: "detached" });
  await ask();
  await decider.reload();
  await banner.getByRole("button", { name: "Approve" }).click();
  await banner.waitFor({ state: "detached" });
  await decider.getByRole("region", { name: "Events" }).getByText("Rolled back").waitFor();
  assert.deepEqual([...asker.errors, ...decider.errors], []);
});

test("what waits is on a page of its own: it is looked at, refused, asked for again and approved", async () => {
  const asker = await openAs("asker");
  const ask = async () => {
    await asker.goto(`${base}/instances/${instance}?element=Look`);
    await asker.getByRole("button", { name: "Undo and go back to here…" }).click();
    await asker.getByRole("button", { name: "Go back to Look" }).click();
    await asker.getByText("Another person has to approve it.").waitFor();
  };
  await ask();
  await asker.getByRole("link", { name: "Look at it" }).click();
  const own = asker.getByRole("complementary", { name: "Request" });
  await own.getByText("asker (you)").waitFor();
  assert.equal(await own.getByRole("button", { name: "Approve" }).count(), 0);
  await asker.getByText("Another person", { exact: true }).waitFor({ state: "hidden" });

  const decider = await openPage();
  await decider.goto(`${base}/`);
  await fill(decider, "decider", PASSWORD);
  await decider.getByRole("link", { name: "Approvals", exact: true }).click();
  await decider.getByRole("link", { name: "Undo and go back" }).waitFor();
  assert.deepEqual(await findingsInThemes(decider), []);
  await decider.getByRole("link", { name: "Undo and go back" }).click();
  const request = decider.getByRole("complementary", { name: "Request" });
  await request.getByText("Everything that was done since Look was entered is undone").waitFor();
  await request.getByRole("heading", { name: "What would be undone now" }).waitFor();
  assert.deepEqual(await findingsInThemes(decider), []);
  await request.getByRole("button", { name: "Refuse" }).click();
  await decider.getByRole("heading", { name: "Nothing waits for a second person" }).waitFor();
  assert.deepEqual(await findingsInThemes(decider), []);

  await ask();
  // No reload: the list looks by itself.
  await decider.getByRole("link", { name: "Undo and go back" }).click();
  await request.getByRole("button", { name: "Approve" }).click();
  await decider.getByText("Approved, and done").waitFor();
  await asker.getByText("Another person has to approve it.").waitFor({ state: "detached" });

  await ask();
  await asker.getByRole("link", { name: "Look at it" }).click();
  await own.getByRole("button", { name: "Withdraw" }).click();
  await asker.getByRole("heading", { name: "Nothing waits for a second person" }).waitFor();
  assert.deepEqual([...asker.errors, ...decider.errors], []);
});
