// Frames a second while tokens move and while a large diagram is moved: 60 are meant on a quiet machine, here a tenth of that.
// Of the page, in which its script could change something, and pictures: what somebody sees, as tokens and a canvas that is
// moved go on while the script is busy. Beside them an empty page: what Chromium draws at most on this machine at this time.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deploy } from "./deployments.mjs";
import { draw } from "./diagrams.mjs";
import { base, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();
const KEY = "ui-wide";
/** Branches side by side, and tasks in each: with gateways and ends 400 shapes, and as many flows. */
const [BRANCHES, LONG] = [12, 33];
const LEAST = 6;
const ROUNDS = 30;
/** Counted until so many are done: tokens go on before and after it too. */
const COUNTED = 24;
const STEPS = 120;
/** What happens is shown at most so often: `APART_MS` of `useInstance.ts`. */
const APART_MS = 50;
const EMPTY_MS = 1_000;

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
  await deploy({ [`${KEY}.bpmn`]: draw(nodes, flows, KEY) });
});

/** When pictures were drawn, in milliseconds. @param {TestPage} page @param {() => Promise<void>} deed */
async function notePictures(page, deed) {
  const browser = page.context().browser();
  assert.ok(browser);
  await browser.startTracing(page, { categories: ["-*", "viz"] });
  await deed();
  /** @type {{ traceEvents: { name: string; ph: string; ts: number }[] }} */
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const drawn = traceEvents.filter((it) => it.name === "Display::DrawAndSwap" && it.ph !== "E");
  return drawn.map((it) => it.ts / 1000).sort((a, b) => a - b);
}

/** What the processes of pages have taken so far, in milliseconds of a processor. @param {TestPage} page */
async function readRenderers(page) {
  const session = await page.context().browser()?.newBrowserCDPSession();
  assert.ok(session);
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.filter((it) => it.type === "renderer").reduce((sum, it) => sum + it.cpuTime * 1000, 0);
}

/** A second, from the first to the last: before something has happened there is nothing to draw. @param {number[]} times */
const rateOf = (times) => ((times.length - 1) * 1000) / ((times.at(-1) ?? 0) - (times[0] ?? 0));

/** @param {TestPage} page @param {() => Promise<void>} deed */
async function noteFrames(page, deed) {
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
  const before = await readRenderers(page);
  const pictures = await notePictures(page, async () => {
    painted = await noteFrames(page, deed);
  });
  const work = (await readRenderers(page)) - before;
  const [rate, drawn] = [rateOf(painted), rateOf(pictures)];
  const longest = Math.max(...pictures.slice(1).map((at, index) => at - (pictures[index] ?? 0)));
  console.log(
    `frames a second ${what}: ${drawn.toFixed(1)} pictures, the longest took ${longest.toFixed(0)} ms, of ${pictures.length}; ${rate.toFixed(1)} of the page; ${work.toFixed(0)} ms of a processor for it`,
  );
  assert.ok(rate >= LEAST && drawn >= LEAST, `${rate} frames and ${drawn} pictures a second ${what}`);
  return (painted.at(-1) ?? 0) - (painted[0] ?? 0);
}

/** Counts how often the page says how long its history is, and how often flows light up. @param {TestPage} page */
const watchChanges = (page) =>
  page.evaluate(() => {
    window.said = 0;
    window.lights = 0;
    const [place, runs] = [document.querySelector(".drawer .position"), document.querySelector(".layer-baton-runs")];
    if (!place || !runs) throw new Error("The page has no history or no diagram.");
    new MutationObserver(() => {
      window.said += 1;
    }).observe(place, { childList: true, characterData: true, subtree: true });
    new MutationObserver((changes) => {
      const added = changes.flatMap((it) => [...it.addedNodes]);
      window.lights += added.filter((it) => it instanceof Element && it.classList.contains("pulse")).length;
    }).observe(runs, { childList: true });
  });

/** Each branch goes on by a task in each round. @param {string} id */
async function completeRounds(id) {
  for (let round = 0; round < ROUNDS; round += 1)
    for (const task of await rest(`/task?processInstanceId=${id}`)) await rest(`/task/${task.id}/complete`, {});
}

test("an empty page on which a square moves shows how many pictures there are at most", async () => {
  const page = await openPage();
  await page.evaluate(() => {
    const square = document.createElement("div");
    square.style.cssText = "width: 14px; height: 14px; background: red; will-change: transform";
    document.body.append(square);
    square.animate({ transform: ["none", "translate(900px, 600px)"] }, { duration: 1000, iterations: Infinity });
  });
  await measure(page, "of an empty page", () => page.waitForTimeout(EMPTY_MS));
  await page.close();
});

test("tokens move on a diagram of 400 shapes, and it is moved itself, without stopping the picture", async () => {
  const { id } = await rest(`/process-definition/key/${KEY}/start`, { businessKey: "wide" });
  const page = await openPage();
  await page.goto(`${base}/instances/${id}`);
  await page.locator('.mark-waiting[data-element-id="T0x0"]').waitFor({ state: "attached" });
  const shapes = await page.locator('[data-testid="diagram"] .djs-shape[data-element-id]').count();
  assert.ok(shapes >= 400, `${shapes} shapes`);

  const lit = page.locator(".layer-baton-runs .pulse").first().waitFor({ state: "attached" });
  const gone = completeRounds(id);
  await lit;
  let [said, lights] = [0, 0];
  const took = await measure(page, "while tokens move", async () => {
    await watchChanges(page);
    await page.locator(`.mark-done[data-element-id="T0x${COUNTED}"]`).waitFor({ state: "attached" });
    [said, lights] = await page.evaluate(() => [window.said, window.lights]);
  });
  await gone;
  await page.locator(`.mark-waiting[data-element-id="T0x${ROUNDS}"]`).waitFor({ state: "attached" });
  assert.ok(said > 0 && said <= took / APART_MS + 2, `${said} times in ${took} ms`);
  assert.ok(lights <= said, `${lights} pictures that move by themselves for flows that light up ${said} times`);

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
  const picture = page.locator(".djs-container > svg");
  const readOverflow = () => picture.evaluate((it) => getComputedStyle(it).overflow);
  assert.ok(canvas && before);
  assert.equal(await readOverflow(), "visible", "it is not laid out again when it is taken");
  const [x, y] = [canvas.x + canvas.width / 2, canvas.y + 12];

  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 90, y + 60, { steps: 5 });
  const held = await shape.boundingBox();
  const overflow = await readOverflow();
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
