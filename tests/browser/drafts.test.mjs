// Drafts are saved by themselves on the server, shared by their address, and never overwritten unseen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { draw, dropFile, openFile } from "./diagrams.mjs";
import { base, findings, rest, until, useBrowser } from "./support.mjs";

const openPage = useBrowser();

/** @type {Parameters<typeof draw>[0]} */
const NODES = [
  { id: "Start", type: "startEvent", x: 160, y: 160 },
  { id: "Ask", type: "userTask", x: 300, y: 160 },
  { id: "Done", type: "endEvent", x: 440, y: 160 },
];
/** @type {Parameters<typeof draw>[1]} */
const FLOWS = [
  ["f1", "Start", "Ask"],
  ["f2", "Ask", "Done"],
];

const fresh = (/** @type {string} */ what) => `${what}-${Date.now().toString(36)}`;

/** @param {TestPage} page */
const isSaved = (page) => page.locator(".saved", { hasText: "draft saved" }).waitFor();

/** @param {TestPage} page @param {string} name of the task from now on */
async function rename(page, name) {
  await page.locator('.djs-element[data-element-id="Ask"]').dblclick();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
}

test("what is drawn is saved by itself, without a question on leaving, and opens again by its address", async () => {
  const key = fresh("saved");
  const page = await openPage();
  await openFile(page, draw(NODES, FLOWS, key));
  await isSaved(page);
  await page.waitForURL(/\/designer\/draft\/./);
  const address = page.url();
  page.on("dialog", (dialog) => void dialog.dismiss());
  await rename(page, "Ask twice");
  await page.getByRole("link", { name: "Instances", exact: true }).click();
  await page.waitForURL(`${base}/instances`);

  const colleague = await openPage({ colorScheme: "dark" });
  const path = new URL(address).pathname.replace("/designer", "");
  await until(async () => /Ask twice/.test((await rest(path)).bpmn));
  await colleague.goto(address);
  await colleague.locator('.djs-element[data-element-id="Ask"]', { hasText: "Ask twice" }).waitFor();
  await colleague.goto(`${base}/designer`);
  await colleague.getByRole("link", { name: "Go on with the draft" }).waitFor();
  assert.deepEqual([...page.errors, ...colleague.errors], []);
});

/**
 * A diagram that is open while its first draft is being saved: the answer comes when ``release`` is called.
 * @param {string} key of its process
 */
async function openWhileSaving(key) {
  const page = await openPage();
  let release = () => {};
  const released = new Promise((resolve) => {
    release = () => resolve(undefined);
  });
  const asked = new Promise((resolve) => {
    let count = 0;
    void page.route("**/engine-rest/draft", async (route) => {
      if (route.request().method() !== "POST" || count++) return route.continue();
      const answer = await route.fetch();
      resolve(undefined);
      await released;
      return route.fulfill({ response: answer });
    });
  });
  await openFile(page, draw(NODES, FLOWS, key));
  await asked;
  return { page, release };
}

/** @param {string} key of a process */
const draftsOf = async (key) =>
  (await rest("/draft")).filter((/** @type {any} */ it) => it.processDefinitionKey === key);

test("every draft is found again, and one that nobody needs is deleted", async () => {
  const page = await openPage();
  const bpmn = draw(NODES, FLOWS, fresh("listed"));
  const [older, newer] = [fresh("Older"), fresh("Newer")];
  const { id } = await rest("/draft", { name: older, bpmn });
  await rest("/draft", { name: newer, bpmn });
  await page.goto(`${base}/designer`);
  await page.getByRole("button", { name: /other drafts?…$/ }).click();
  const sheet = page.getByRole("dialog", { name: "Drafts" });
  await sheet.getByRole("link", { name: newer }).waitFor();
  assert.deepEqual(await findings(page), []);
  await sheet.getByRole("link", { name: older }).click();
  await page.waitForURL(`${base}/designer/draft/${id}`);
  await page.locator('.djs-element[data-element-id="Ask"]').waitFor();

  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Drafts…" }).click();
  await sheet.locator(`[data-draft="${id}"]`, { hasText: "is open" }).waitFor();
  await sheet.getByRole("button", { name: `Delete the draft ${newer}` }).click();
  await page.getByRole("button", { name: `Delete the draft ${newer}`, exact: true }).click();
  await sheet.getByRole("link", { name: older }).waitFor();
  await sheet.getByRole("link", { name: newer }).waitFor({ state: "detached" });
  assert.deepEqual(page.errors, []);
});

test("a diagram that is deployed while its first draft is being saved stays the deployed one, and leaves no draft", async () => {
  const key = fresh("quick");
  const { page, release } = await openWhileSaving(key);
  await page.locator(".drawer", { hasText: "none" }).waitFor();
  await page.keyboard.press("Control+s");
  await page.getByRole("button", { name: "Deploy version 1" }).click();
  await page.locator(".saved", { hasText: "Version 1" }).waitFor();

  release();

  await until(async () => (await draftsOf(key)).length === 0);
  await page.waitForURL((url) => decodeURIComponent(url.pathname).startsWith(`/designer/${key}:1:`));
  await page.locator(".saved", { hasText: "Version 1" }).waitFor();
  assert.deepEqual(page.errors, []);
});

test("who leaves while the first draft is being saved is not brought back, and the draft is there", async () => {
  const key = fresh("left");
  const { page, release } = await openWhileSaving(key);
  await page.getByRole("link", { name: "Instances", exact: true }).click();
  await page.waitForURL(`${base}/instances`);
  const replaced = await page.evaluateHandle(() => {
    const { replaceState } = window.history;
    /** @type {string[]} */
    const places = [];
    window.history.replaceState = (data, title, place) => {
      places.push(String(place));
      replaceState.call(window.history, data, title, place);
    };
    return places;
  });
  const answered = page.waitForResponse("**/engine-rest/draft");

  release();
  await answered;

  await page.getByRole("link", { name: "Tasks", exact: true }).click();
  await page.waitForURL(`${base}/tasks`);
  assert.deepEqual(
    (await replaced.jsonValue()).filter((it) => it.includes("/designer")),
    [],
  );
  assert.equal((await draftsOf(key)).length, 1);
  assert.deepEqual(page.errors, []);
});

test("another file that is opened while a draft is being saved gets a draft of its own", async () => {
  const [one, other] = [fresh("one"), fresh("other")];
  const { page, release } = await openWhileSaving(one);
  await dropFile(page, draw(NODES, FLOWS, other));

  release();

  await until(async () => (await draftsOf(other)).length === 1);
  assert.equal((await draftsOf(one)).length, 1);
  assert.deepEqual(page.errors, []);
});

test("a draft that somebody else has saved since is not overwritten: theirs is taken, or mine becomes a copy", async () => {
  const key = fresh("shared");
  const made = await rest("/draft", { name: "Shared", bpmn: draw(NODES, FLOWS, key), processDefinitionKey: key });
  const [ann, bob] = [await openPage(), await openPage()];
  for (const page of [ann, bob]) {
    await page.goto(`${base}/designer/draft/${made.id}`);
    await page.locator('.djs-element[data-element-id="Ask"]').waitFor();
  }
  await rename(ann, "Ask Ann");
  await isSaved(ann);
  await rename(bob, "Ask Bob");
  const warning = bob.getByRole("alert").filter({ hasText: "Somebody else has saved this draft since" });
  await warning.waitFor();
  assert.match((await rest(`/draft/${made.id}`)).bpmn, /Ask Ann/);
  await warning.getByRole("button", { name: "Save mine as a copy" }).click();
  await isSaved(bob);
  await bob.waitForURL((url) => url.pathname.startsWith("/designer/draft/") && !url.pathname.endsWith(made.id));
  assert.equal((await rest(`/draft?processDefinitionKey=${key}`)).length, 2);

  const carl = await openPage();
  await carl.goto(`${base}/designer/draft/${made.id}`);
  await carl.locator('.djs-element[data-element-id="Ask"]', { hasText: "Ask Ann" }).waitFor();
  await rename(ann, "Ask Ann again");
  await until(async () => /Ann again/.test((await rest(`/draft/${made.id}`)).bpmn));
  await rename(carl, "Ask Carl");
  await carl.getByRole("button", { name: "Take theirs" }).click();
  await carl.locator('.djs-element[data-element-id="Ask"]', { hasText: "Ask Ann again" }).waitFor();
  assert.deepEqual([...ann.errors, ...bob.errors, ...carl.errors], []);
});

test("a draft that an earlier release left in the browser goes to the server, with its scenarios", async () => {
  const key = fresh("local");
  const page = await openPage();
  await page.goto(`${base}/tasks`);
  const scenario = {
    format: "baton-scenario/1",
    name: "Half way",
    process: key,
    steps: [{ type: "start" }],
    expect: {},
  };
  await page.evaluate(
    ({ name, xml, one }) => {
      localStorage.setItem(`baton.draft.${name}`, JSON.stringify({ xml, at: new Date().toISOString() }));
      localStorage.setItem(`baton.scenarios.${name}`, JSON.stringify([one]));
    },
    { name: key, xml: draw(NODES, FLOWS, key), one: scenario },
  );
  await page.goto(`${base}/designer`);
  await page.locator(".djs-palette").waitFor();
  await until(async () => (await rest(`/draft?processDefinitionKey=${key}`)).length === 1);
  const [draft] = await rest(`/draft?processDefinitionKey=${key}`);
  assert.equal((await rest(`/draft/${draft.id}`)).files[0].name, `${key}.half-way.scenario.json`);
  assert.equal(await page.evaluate((name) => localStorage.getItem(`baton.draft.${name}`), key), null);
  await page.goto(`${base}/designer/draft/${draft.id}`);
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Versions of this draft…" }).click();
  await page.getByRole("dialog").getByText("is shown").waitFor();
  assert.deepEqual(page.errors, []);
});
