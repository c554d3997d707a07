// How much script the page of an instance needs, and that a long history does not keep it waiting.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { deployModels } from "./deployments.mjs";
import { base, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();
/** Of script by gzip, for all that is loaded until the diagram of an instance is there. */
const MOST_FOR_INSTANCE = 90_000;
/** The same for the designer before its panel, which comes in chunks of its own. */
const MOST_FOR_DESIGNER = 350_000;
const PANEL = /^(properties|dist)-/;
const EVENTS = 25_000;
/** Events for each time round. */
const PER_ROUND = 7;
const PATIENCE_MS = 300_000;
/** @type {string} */
let long;

before(async () => {
  await deployModels("ui-long.bpmn");
  const most = Math.ceil(EVENTS / PER_ROUND);
  const variables = { n: { value: 0 }, most: { value: most } };
  long = (await rest("/process-definition/key/ui-long/start", { businessKey: "size-long", variables })).id;
  const until = Date.now() + PATIENCE_MS;
  while (!(await rest(`/task?processInstanceId=${long}`)).length) {
    assert.ok(Date.now() < until, "the long instance has not come to its end");
    await new Promise((done) => setTimeout(done, 200));
  }
});

/**
 * The scripts that a page loads, with their sizes by gzip: computed here, as a build that was not packed is sent as it is.
 * @param {TestPage} page
 */
function watchScripts(page) {
  /** @type {{ file: string, bytes: Promise<number> }[]} */
  const scripts = [];
  page.on("response", (response) => {
    const file = new URL(response.url()).pathname.split("/").pop() ?? "";
    if (file.endsWith(".js")) scripts.push({ file, bytes: response.body().then((it) => gzipSync(it).length) });
  });
  return async () => Promise.all(scripts.map(async (it) => ({ file: it.file, bytes: await it.bytes })));
}

/** @param {string} what @param {{ file: string, bytes: number }[]} needed @param {number} most */
function checkSum(what, needed, most) {
  const sum = needed.reduce((total, it) => total + it.bytes, 0);
  console.log(`script of ${what}: ${sum} bytes by gzip`);
  assert.ok(sum > 50_000 && sum <= most, JSON.stringify(needed.sort((a, b) => b.bytes - a.bytes)));
}

test("the page of an instance needs no more script than 90 kB", async () => {
  const { id } = await rest("/process-definition/key/order-fulfilment/start", { businessKey: "size-script" });
  const page = await openPage();
  const listScripts = watchScripts(page);
  await page.goto(`${base}/instances/${id}`);
  await page.locator(".djs-element.mark-done").first().waitFor({ state: "attached" });
  await page.locator(".drawer").waitFor();
  checkSum("the instance page", await listScripts(), MOST_FOR_INSTANCE);
});

test("the designer needs no more script than 350 kB before its panel", async () => {
  const page = await openPage();
  const listScripts = watchScripts(page);
  await page.goto(`${base}/designer`);
  await page.locator(".djs-palette").waitFor();
  const needed = await listScripts();
  checkSum(
    "the designer",
    needed.filter((it) => !PANEL.test(it.file)),
    MOST_FOR_DESIGNER,
  );
});

test("an instance with 25,000 events is shown, and can be gone back in to its beginning", async () => {
  const { position } = (await rest(`/process-instance/${long}/snapshot`)).header;
  assert.ok(position >= EVENTS, `${position}`);
  const page = await openPage();
  const began = Date.now();
  await page.goto(`${base}/instances/${long}`);
  await page.locator('.mark-waiting[data-element-id="Rest"]').waitFor({ state: "attached" });
  const took = Date.now() - began;
  const slider = page.getByRole("slider", { name: "Moment in the history" });
  await slider.waitFor();
  console.log(`page of ${position} events: usable after ${took} ms, history whole after ${Date.now() - began} ms`);
  await slider.fill("5");
  await page.locator(".banner", { hasText: "As it was after event 5" }).waitFor();
  assert.deepEqual(page.errors, []);
});
