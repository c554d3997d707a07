// Frames a second while tokens move and while a large diagram is moved: 60 are meant on a quiet machine, here a tenth of that.
// Of the page, in which its script could change something, and pictures: what somebody sees, as tokens and a canvas that is
// moved go on while the script is busy.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { draw } from "./diagrams.mjs";
import { base, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();
const KEY = "ui-wide";
/** Branches side by side, and tasks in each: with gateways and ends 400 shapes, and as many flows. */
const [BRANCHES, LONG] = [12, 33];
const LEAST = 6;
const ROUNDS = 6;
const STEPS = 120;
/** What happens is shown at most so often: `APART_MS` of `useInstance.ts`. */
const APART_MS = 50;

before(async () => {
  const middle = (BRANCHES * 100) / 2;
  /** @type {import("./diagrams.mjs").Node[]} */
  const nodes = [
    { id: "Start", type: "startEvent", x: 0, y: middle },
    { id: "Fork", type: "parallelGateway", x: 100, y: middle },
    { id: "Join", type: "parallelGateway", x: 250 + LONG * 150, y: middle },
    { id: "End", type: "endEvent", x: 350 + LONG * 150, y: middle },
  ];
  /** @type {[string, string, string][]} */
  const flows = [
    ["begin", "Start", "Fork"],
    ["end", "Join", "End"],
  ];
  for (let branch = 0; branch < BRANCHES; branch += 1) {
    const ids = Array.from({ length: LONG }, (_task, step) => `T${branch}x${step}`);
    ids.forEach((id, step) => void nodes.push({ id, type: "userTask", x: 220 + step * 150, y: 50 + branch * 100 }));
    const path = ["Fork", ...ids, "Join"];
    path.slice(1).forEach((to, step) => void flows.push([`f${branch}x${step}`, path[step] ?? "", to]));
  }
  const form = new FormData();
  form.set(`${KEY}.bpmn`, new Blob([draw(nodes, flows, KEY)]), `${KEY}.bpmn`);
  await rest("/deployment/create", form);
});

/** @param {TestPage} page @param {() => Promise<void>} deed */
async function countPictures(page, deed) {
  const browser = page.context().browser();
  assert.ok(browser);
  await browser.startTracing(page, { categories: ["-*", "viz"] });
  await deed();
  /** @type {{ traceEvents: { name: string; ph: string }[] }} */
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  return traceEvents.filter((it) => it.name === "Display::DrawAndSwap" && it.ph !== "E").length;
}

/** @param {TestPage} page @param {() => Promise<void>} deed */
async function countFrames(page, deed) {
  await page.evaluate(() => {
    /** @type {number[]} */
    const painted = [];
    window.painted = painted;
    const note = (/** @type {number} */ at) => {
      painted.push(at);
      if (window.painted === painted) requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  await deed();
  return page.evaluate(() => window.painted);
}

/** @param {TestPage} page @param {string} what @param {() => Promise<void>} deed */
async function measure(page, what, deed) {
  /** @type {number[]} */
  let painted = [];
  const pictures = await countPictures(page, async () => {
    painted = await countFrames(page, deed);
  });
  const took = (painted.at(-1) ?? 0) - (painted[0] ?? 0);
  const [rate, drawn] = [((painted.length - 1) * 1000) / took, (pictures * 1000) / took];
  const longest = Math.max(...painted.slice(1).map((at, index) => at - (painted[index] ?? 0)));
  console.log(
    `frames a second ${what}: ${drawn.toFixed(1)} pictures, ${rate.toFixed(1)} of the page, the longest took ${longest.toFixed(0)} ms, of ${painted.length} frames`,
  );
  assert.ok(rate >= LEAST && drawn >= LEAST, `${rate} frames and ${drawn} pictures a second ${what}`);
  return took;
}

/** Counts how often the page says how long its history is. @param {TestPage} page */
const watchHistory = (page) =>
  page.evaluate(() => {
    window.said = 0;
    const place = document.querySelector(".drawer .position");
    if (!place) throw new Error("The page has no history.");
    new MutationObserver(() => {
      window.said += 1;
    }).observe(place, { childList: true, characterData: true, subtree: true });
  });

test("tokens move on a diagram of 400 shapes, and it is moved itself, without stopping the picture", async () => {
  const { id } = await rest(`/process-definition/key/${KEY}/start`, { businessKey: "wide" });
  const page = await openPage();
  await page.goto(`${base}/instances/${id}`);
  await page.locator('.mark-waiting[data-element-id="T0x0"]').waitFor({ state: "attached" });
  const shapes = await page.locator('[data-testid="diagram"] .djs-shape[data-element-id]').count();
  assert.ok(shapes >= 400, `${shapes} shapes`);

  await watchHistory(page);
  const lit = page.locator(".layer-baton-runs .pulse").first().waitFor({ state: "attached" });
  const took = await measure(page, "while tokens move", async () => {
    for (let round = 0; round < ROUNDS; round += 1)
      for (const task of await rest(`/task?processInstanceId=${id}`)) await rest(`/task/${task.id}/complete`, {});
    await page.locator(`.mark-waiting[data-element-id="T0x${ROUNDS}"]`).waitFor({ state: "attached" });
  });
  await lit;
  const said = await page.evaluate(() => window.said);
  assert.ok(said > 0 && said <= took / APART_MS + 2, `${said} times in ${took} ms`);

  const canvas = await page.locator('[data-testid="diagram"]').boundingBox();
  assert.ok(canvas);
  await measure(page, "while the diagram is moved", async () => {
    await page.mouse.move(canvas.x + canvas.width / 2, canvas.y + 12);
    await page.mouse.down();
    for (let step = 0; step < STEPS; step += 1)
      await page.mouse.move(
        canvas.x + canvas.width / 2 + 200 * Math.sin(step / 10),
        canvas.y + 12 + 100 * Math.sin(step / 15),
      );
    await page.mouse.up();
  });
  assert.deepEqual(page.errors, []);
});

test("a diagram follows the mouse with what was out of sight, and stays where it is let go", async () => {
  const { id } = await rest(`/process-definition/key/${KEY}/start`, { businessKey: "moved" });
  const page = await openPage();
  await page.goto(`${base}/instances/${id}`);
  const shape = page.locator('.djs-shape[data-element-id="T3x9"]');
  await page.locator('.mark-waiting[data-element-id="T0x0"]').waitFor({ state: "attached" });
  const canvas = await page.locator('[data-testid="diagram"]').boundingBox();
  const [before, drawn] = [await shape.boundingBox(), await page.locator(".viewport").getAttribute("transform")];
  assert.ok(canvas && before);
  const [x, y] = [canvas.x + canvas.width / 2, canvas.y + 12];

  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 90, y + 60, { steps: 5 });
  const held = await shape.boundingBox();
  const picture = page.locator(".djs-container > svg");
  const overflow = await picture.evaluate((it) => getComputedStyle(it).overflow);
  const inside = await page.locator(".viewport").getAttribute("transform");
  await page.mouse.up();
  const after = await shape.boundingBox();
  await page.mouse.move(x, y + 200);

  assert.ok(held && after);
  const near = (/** @type {number} */ a, /** @type {number} */ b) => Math.abs(a - b) < 1;
  assert.ok(near(held.x, before.x + 90) && near(held.y, before.y + 60), JSON.stringify({ before, held }));
  assert.deepEqual([overflow, inside], ["visible", drawn], "it is moved as one picture");
  assert.ok(near(after.x, held.x) && near(after.y, held.y), JSON.stringify({ held, after }));
  assert.equal(await picture.evaluate((it) => it.style.transform), "");
  // The click that ends a move chooses nothing, and the next one is a click again.
  assert.equal(await page.locator(".djs-element.selected").count(), 0);
  await shape.click();
  await page.locator('.djs-element.selected[data-element-id="T3x9"]').waitFor({ state: "attached" });
  assert.deepEqual(page.errors, []);
});
