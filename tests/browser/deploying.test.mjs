// What is about to be deployed is shown first: what differs, what is wrong, what becomes of those that run.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deploy } from "./deployments.mjs";
import { draw } from "./diagrams.mjs";
import { base, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();

/** @type {Parameters<typeof draw>[0]} */
const NODES = [
  { id: "Start", type: "startEvent", x: 100, y: 160 },
  { id: "Ask", type: "userTask", x: 240, y: 160 },
  { id: "Tell", type: "userTask", x: 420, y: 160 },
  { id: "Done", type: "endEvent", x: 560, y: 160 },
];
/** @type {Parameters<typeof draw>[1]} */
const FLOWS = [
  ["f1", "Start", "Ask"],
  ["f2", "Ask", "Tell"],
  ["f3", "Tell", "Done"],
];

/** More changes than any screen shows at once. */
const MANY = 30;

/** @param {string} key @param {Record<string, string>} beside @param {string} xml */
async function deployByApi(key, beside = {}, xml = draw(NODES, FLOWS, key)) {
  const [id] = await deploy({ [`${key}.bpmn`]: xml, ...beside });
  assert.ok(id);
  return id;
}

test("the sheet shows what has changed, on the diagram and as a list, and who stays on the version before", async () => {
  const key = `changed-${Date.now().toString(36)}`;
  const id = await deployByApi(key);
  await rest(`/process-definition/key/${key}/start`, {});
  const page = await openPage();
  await page.goto(`${base}/designer/${encodeURIComponent(id)}`);
  await page.locator('.djs-element[data-element-id="Ask"]').dblclick();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Ask the boss");
  await page.keyboard.press("Enter");
  await page.locator('.djs-element[data-element-id="Tell"]').click({ position: { x: 20, y: 60 } });
  await page.keyboard.press("Delete");
  await page.locator('.djs-element[data-element-id="Tell"]').waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  const sheet = page.getByRole("dialog");
  await sheet.locator('[data-change="removed"][data-element="Tell"]', { hasText: "Tell" }).waitFor();
  await sheet.locator('[data-change="changed"][data-element="Ask"]', { hasText: "name: Ask → Ask the boss" }).waitFor();
  await sheet.locator('.diff-changed[data-element-id="Ask"]').waitFor({ state: "attached" });
  await sheet.getByText("1 instance runs on earlier versions and stays there to the end").waitFor();
  await sheet.locator('[data-change="removed"][data-element="Tell"] .linkish').click();
  await sheet.locator('.diff-removed[data-element-id="Tell"]').waitFor({ state: "attached" });
  await sheet.getByRole("button", { name: "Deploy and start…" }).click();
  await page.getByRole("dialog", { name: `Start ${key}` }).waitFor();
  await page.locator(".saved", { hasText: "Version 2" }).waitFor();
  assert.deepEqual(page.errors, []);
});

test("what was moved is listed once, without the flows that follow it", async () => {
  const id = await deployByApi(`moved-${Date.now().toString(36)}`);
  const page = await openPage();
  await page.goto(`${base}/designer/${encodeURIComponent(id)}`);
  await page.locator('.djs-element[data-element-id="Ask"]').click();
  for (let pressed = 0; pressed < 5; pressed += 1) await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Control+s");
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: "1 change since version 1" }).waitFor();
  await sheet.locator('[data-change="moved"][data-element="Ask"]').waitFor();
  await sheet.locator('.diff-moved[data-element-id="Ask"]').waitFor({ state: "attached" });
  assert.deepEqual(page.errors, []);
});

/** Whether nothing covers its middle, nor cuts it off. @param {Element} element */
function isInSight(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}

for (const [width, height] of /** @type {const} */ ([
  [1440, 900],
  [1024, 768],
  [390, 844],
]))
  test(`what becomes of running instances is in sight beside many changes, at ${width} × ${height}`, async () => {
    const key = `many-${width}-${Date.now().toString(36)}`;
    const steps = Array.from({ length: MANY }, (_step, at) => `Step${at}`);
    const nodes = steps.map((id, at) => ({ id, type: at ? "userTask" : "startEvent", x: 100 + 160 * at, y: 160 }));
    /** @type {Parameters<typeof draw>[1]} */
    const flows = steps.slice(1).map((id, at) => [`f${at}`, `Step${at}`, id]);
    const xml = draw(nodes, flows, key);
    const id = await deployByApi(key, {}, xml);
    await rest(`/process-definition/key/${key}/start`, {});
    await deployByApi(key, {}, xml.replaceAll('name="Step', 'name="Stage'));
    const page = await openPage({ viewport: { width, height } });
    await page.goto(`${base}/designer/${encodeURIComponent(id)}`);
    await page.locator('.djs-element[data-element-id="Step0"]').waitFor();
    await page.keyboard.press("Control+s");
    const sheet = page.getByRole("dialog");
    await sheet.getByRole("heading", { name: `${MANY} changes since version 2` }).waitFor();
    const choice = sheet.getByLabel("Then migrate 1 running instance");
    await sheet.getByText("1 instance runs on earlier versions and stays there to the end").waitFor();
    for (const part of [choice, sheet.getByRole("button", { name: "Deploy version 3" })])
      assert.ok(await part.evaluate(isInSight), `${await part.textContent()} is out of sight`);
    assert.deepEqual(page.errors, []);
  });

test("a version that somebody else has deployed since is said before it is replaced", async () => {
  const key = `raced-${Date.now().toString(36)}`;
  const id = await deployByApi(key);
  const page = await openPage({ colorScheme: "dark" });
  await page.goto(`${base}/designer/${encodeURIComponent(id)}`);
  await page.locator('.djs-element[data-element-id="Ask"]').waitFor();
  await deployByApi(key, {}, draw(NODES, FLOWS, key).replace('name="Tell"', 'name="Shout"'));

  await page.keyboard.press("Control+s");
  const sheet = page.getByRole("dialog");
  await sheet.getByText("Version 2 was deployed since version 1 was opened here").waitFor();
  await sheet.locator('[data-change="changed"]', { hasText: "name: Shout → Tell" }).waitFor();
  await sheet.getByRole("button", { name: "Deploy version 3" }).waitFor();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  assert.deepEqual(page.errors, []);
});

test("scenarios are deployed with their diagram, and found again where it is opened", async () => {
  const key = `kept-${Date.now().toString(36)}`;
  const scenario = {
    format: "baton-scenario/1",
    name: "Half way",
    process: key,
    steps: [{ type: "start" }],
    expect: { waitsAt: ["Ask"] },
  };
  const id = await deployByApi(key, { [`${key}.half-way.scenario.json`]: JSON.stringify(scenario) });
  const page = await openPage();
  await page.goto(`${base}/designer/${encodeURIComponent(id)}`);
  await page.locator('.djs-element[data-element-id="Ask"]').waitFor();
  await page.getByRole("button", { name: "Simulate" }).click();
  await page.getByRole("tab", { name: /Scenarios/ }).click();
  await page.getByRole("button", { name: "Run all" }).click();
  await page.locator('[data-scenario="Half way"]', { hasText: "As expected" }).waitFor();
  await page.getByRole("button", { name: "Back to drawing" }).click();
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await page.getByRole("button", { name: "Deploy version 2" }).click();
  await page.locator(".saved", { hasText: "Version 2" }).waitFor();
  const [latest] = await rest(`/process-definition?key=${key}&latestVersion=true`);
  const files = await rest(`/deployment/${encodeURIComponent(latest.deploymentId)}/resources`);
  assert.ok(files.some((/** @type {{ name: string }} */ it) => it.name === `${key}.half-way.scenario.json`));
  assert.deepEqual(page.errors, []);
});
