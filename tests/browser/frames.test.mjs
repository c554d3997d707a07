// Frames a second while tokens move and while a large diagram is moved: 60 are meant on a quiet machine, here a tenth of that.
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

/** @param {TestPage} page @param {string} what @param {() => Promise<void>} deed */
async function countFrames(page, what, deed) {
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
  const painted = await page.evaluate(() => window.painted);
  const [first = 0, last = 0] = [painted[0], painted.at(-1)];
  const rate = ((painted.length - 1) * 1000) / (last - first);
  const longest = Math.max(...painted.slice(1).map((at, index) => at - (painted[index] ?? 0)));
  console.log(
    `frames a second ${what}: ${rate.toFixed(1)}, the longest took ${longest.toFixed(0)} ms, of ${painted.length} frames`,
  );
  assert.ok(rate >= LEAST, `${rate} frames a second ${what}`);
}

test("tokens move on a diagram of 400 shapes, and it is moved itself, without stopping the picture", async () => {
  const { id } = await rest(`/process-definition/key/${KEY}/start`, { businessKey: "wide" });
  const page = await openPage();
  await page.goto(`${base}/instances/${id}`);
  await page.locator('.mark-waiting[data-element-id="T0x0"]').waitFor({ state: "attached" });
  const shapes = await page.locator('[data-testid="diagram"] .djs-shape[data-element-id]').count();
  assert.ok(shapes >= 400, `${shapes} shapes`);

  await countFrames(page, "while tokens move", async () => {
    for (let round = 0; round < ROUNDS; round += 1)
      for (const task of await rest(`/task?processInstanceId=${id}`)) await rest(`/task/${task.id}/complete`, {});
    await page.locator(`.mark-waiting[data-element-id="T0x${ROUNDS}"]`).waitFor({ state: "attached" });
  });

  const canvas = await page.locator('[data-testid="diagram"]').boundingBox();
  assert.ok(canvas);
  await countFrames(page, "while the diagram is moved", async () => {
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
