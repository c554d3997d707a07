// Drafts are saved by themselves on the server, shared by their address, and never overwritten unseen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { draw, openFile } from "./diagrams.mjs";
import { base, rest, until, useBrowser } from "./support.mjs";

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
