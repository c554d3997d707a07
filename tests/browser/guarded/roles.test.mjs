// What each role sees and may do in the browser, and why not. It runs after the first administrator was made.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { base, findings, useBrowser } from "../support.mjs";
import { fill, makeFirstAdministrator, PASSWORD, post } from "./people.mjs";

/** Longer than the designer waits before it asks what a drawing means. */
const DRAWING_PAUSES_MS = 1_500;
const openPage = useBrowser();
const LOOKING = ["Overview", "Definitions", "Instances", "Batches", "Tasks"];

/** Role -> the pages of the rail; whether it may start a process, suspend a definition, suspend an instance. */
const TABLE = {
  viewer: { pages: [...LOOKING, "Designer"], starts: false, closes: false, suspends: false },
  starter: { pages: ["Start"] },
  "task-user": { pages: ["Tasks"] },
  operator: { pages: [...LOOKING, "Start", "Designer"], starts: true, closes: true, suspends: true },
  modeler: { pages: [...LOOKING, "Start", "Designer"], starts: true, closes: false, suspends: false },
  worker: { pages: [] },
  administrator: {
    pages: [...LOOKING, "Start", "Designer", "Administration"],
    starts: true,
    closes: true,
    suspends: true,
  },
};
/** @type {string} */
let cookie;
/** @type {string} */
let instance;
/** @type {string} */
let definition;

before(async () => {
  await makeFirstAdministrator();
  ({ cookie } = await post("/sign-in", { id: "boss", password: PASSWORD }));
  for (const role of Object.keys(TABLE)) {
    const person = { profile: { id: `a-${role}` }, credentials: { password: PASSWORD }, roles: [role] };
    await post("/user/create", person, cookie);
  }
  const form = new FormData();
  for (const name of ["ui-leave.bpmn", "ui-decide.form"])
    form.set(name, new Blob([readFileSync(new URL(`../models/${name}`, import.meta.url))]), name);
  const deployed = await fetch(`${base}/engine-rest/deployment/create`, {
    method: "POST",
    headers: { cookie },
    body: form,
  });
  assert.equal(deployed.status, 200, await deployed.text());
  const started = await fetch(`${base}/engine-rest/process-definition/key/ui-leave/start`, {
    method: "POST",
    headers: { "Content-Type": "application/json", cookie },
    body: JSON.stringify({ businessKey: "of-roles", variables: { days: { value: 3 } } }),
  });
  ({ id: instance, definitionId: definition } = await started.json());
});

/** @param {string} name @param {string} path */
async function openAs(name, path) {
  const page = await openPage();
  await page.goto(base + path);
  await fill(page, name, PASSWORD);
  await page.getByRole("button", { name: `Sign out ${name}` }).waitFor();
  return page;
}

/**
 * Whether an entry of a menu may be chosen; one that may not says what it needs.
 * @param {TestPage} page @param {string} menu @param {string} entry @param {string} permission
 */
async function isOpen(page, menu, entry, permission) {
  await page.getByRole("button", { name: menu, exact: true }).click();
  const item = page.getByRole("menuitem", { name: entry });
  await item.waitFor();
  const open = await item.isEnabled();
  if (!open) assert.match((await item.textContent()) ?? "", new RegExp(`needs ${permission}`));
  await page.keyboard.press("Escape");
  return open;
}

for (const [role, row] of Object.entries(TABLE)) {
  test(`the pages and buttons of the role ${role} are those of the table`, async () => {
    const page = await openAs(`a-${role}`, "/");
    if (row.pages.length) await page.locator(".rail a.rail-item").first().waitFor();
    else await page.getByText("You may not see this page").waitFor();
    assert.deepEqual(await page.locator(".rail a.rail-item").allTextContents(), row.pages);
    if (!("starts" in row)) return;

    await page.goto(`${base}/definitions/${encodeURIComponent(definition)}`);
    const start = page.getByRole("button", { name: "Start", exact: true });
    await start.waitFor();
    assert.equal((await start.getAttribute("aria-disabled")) !== "true", row.starts);
    if (!row.starts) assert.match((await start.getAttribute("title")) ?? "", /process-definition:start/);
    assert.equal(await isOpen(page, "More", "Allow no new instances", "process-definition:update"), row.closes);
    if (role === "viewer") assert.deepEqual(await findings(page), []);

    await page.goto(`${base}/instances/${instance}`);
    assert.equal(await isOpen(page, "Actions", "Suspend", "process-instance:update"), row.suspends);
    await page.getByRole("tab", { name: "Variables" }).click();
    const add = page.getByRole("button", { name: "Add a variable" });
    await add.waitFor();
    assert.equal((await add.getAttribute("aria-disabled")) !== "true", row.suspends);
    assert.deepEqual(page.errors, []);
  });
}

/** That a button stays, cannot be used and names what is missing. @param {TestPage} page @param {string | RegExp} name @param {RegExp} why */
async function isClosed(page, name, why) {
  const button = page.getByRole("button", typeof name === "string" ? { name, exact: true } : { name }).first();
  await button.waitFor();
  assert.equal(await button.getAttribute("aria-disabled"), "true", String(name));
  assert.match((await button.getAttribute("title")) ?? "", why);
}

test("what a viewer may not do is said beforehand, in lists, in the designer and by its keys", async () => {
  const page = await openAs("a-viewer", "/definitions");
  await isClosed(page, /^Start /, /permission process-definition:start/);
  await page.getByRole("link", { name: "Instances", exact: true }).click();
  await page.getByLabel("Choose all on this page").check();
  await isClosed(page, /^Suspend \d/, /permission process-instance:update/);
  await isClosed(page, /^Cancel \d/, /permission process-instance:delete/);

  /** @type {string[]} */
  const refused = [];
  page.on("response", (answer) => void (answer.status() === 403 && refused.push(answer.url())));
  await page.goto(`${base}/designer/${encodeURIComponent(definition)}`);
  await page.locator(".djs-element[data-element-id]").first().waitFor();
  await page.waitForTimeout(DRAWING_PAUSES_MS);
  for (const [name, permission] of [
    ["Deploy", /deployment:create/],
    ["Simulate", /process-definition:check/],
    ["Start…", /process-definition:start/],
  ])
    await isClosed(page, /** @type {string} */ (name), /** @type {RegExp} */ (permission));
  for (const [key, permission] of [
    ["Control+s", "deployment:create"],
    ["Control+Enter", "process-definition:check"],
  ]) {
    await page.keyboard.press(key ?? "");
    await page
      .locator(".toast", { hasText: `needs the permission ${permission}` })
      .first()
      .waitFor();
  }
  assert.equal(await page.getByRole("dialog").count(), 0);
  // What is drawn is a try: it is neither checked nor saved, and the page says so.
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.getByText("cannot be saved").waitFor();
  assert.deepEqual(refused, []);
  assert.deepEqual(page.errors, []);
});

test("instances of two processes are closed when one of them is, and the bar names it", async () => {
  const person = { profile: { id: "a-half" }, credentials: { password: PASSWORD }, roles: ["viewer"] };
  await post("/user/create", person, cookie);
  const grant = { userId: "a-half", roles: ["operator"], processDefinitionKeys: ["order-fulfilment"] };
  assert.ok((await post("/grant/create", grant, cookie)).status < 300);
  const page = await openAs("a-half", "/instances?state=active");
  await page.locator("tbody tr", { hasText: "of-roles" }).getByRole("checkbox").check();
  await isClosed(page, /^Suspend/, /process-instance:update for the process ui-leave/);
});

test("who may only look at dead letters is told why the rest is closed", async () => {
  const event = { specversion: "1.0", id: "of-roles", source: "/roles", type: "roles.unknown" };
  assert.ok((await post("/event", event, cookie)).status < 300);
  const page = await openAs("a-viewer", "/dead-letters?type=roles.unknown");
  await page.getByRole("link", { name: "roles.unknown" }).click();
  for (const name of ["Edit", "Drop…", "Send again"]) {
    const button = page.getByRole("button", { name, exact: true });
    await button.waitFor();
    assert.equal(await button.getAttribute("aria-disabled"), "true");
    assert.match((await button.getAttribute("title")) ?? "", /needs the permission event:update/);
  }
  const person = await openAs("a-task-user", "/dead-letters");
  await person.getByText("It needs the permission event:read").waitFor();
  assert.deepEqual([...page.errors, ...person.errors], []);
});

test("a right for one process is one for this process only", async () => {
  const person = { profile: { id: "a-limited" }, credentials: { password: PASSWORD }, roles: ["viewer"] };
  await post("/user/create", person, cookie);
  const grant = { userId: "a-limited", roles: ["starter"], processDefinitionKeys: ["order-fulfilment"] };
  assert.ok((await post("/grant/create", grant, cookie)).status < 300);
  const page = await openAs("a-limited", "/start/order-fulfilment");
  await page.getByRole("button", { name: /^Start version/ }).waitFor();
  await page.goto(`${base}/start/sysops-ticket`);
  await page.getByText("process-definition:start for the process sysops-ticket").waitFor();
  assert.equal(await page.getByRole("button", { name: /^Start version/ }).count(), 0);
});

test("somebody whose sessions are ended is asked to sign in again", async () => {
  const page = await openAs("a-operator", "/instances");
  await page.locator("tbody tr").first().waitFor();
  await post("/user/a-operator/sign-out", {}, cookie);
  await page.goto(`${base}/tasks`);
  await page.getByRole("heading", { name: "Sign in to Baton" }).waitFor();
});
