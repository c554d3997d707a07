// How long it takes from an event to its picture: on a quiet machine at most 100 ms for half of them, here ten times that.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deployModels } from "./deployments.mjs";
import { base, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();
const EVENTS = 40;
/** Between two events, so that each is sent by itself. */
const APART_MS = 150;
const MOST_MS = 1_000;

before(() => deployModels("ui-inner.bpmn"));

/** Runs in the page: notes how old each event of the history is when its row has been painted. */
function watchRows() {
  window.lateness = [];
  new MutationObserver((changes) => {
    const rows = changes.flatMap((it) => [...it.addedNodes]).filter((it) => it instanceof HTMLLIElement);
    for (const row of rows) {
      const at = row.querySelector("time")?.dateTime;
      // The task of a message runs after the picture that the animation frame belongs to.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => at && window.lateness.push(Date.now() - Date.parse(at));
      requestAnimationFrame(() => port2.postMessage(null));
    }
  }).observe(document, { childList: true, subtree: true });
}

test("half of the events are on the page soon after they have happened", async () => {
  const { id } = await rest("/process-definition/key/ui-inner/start", { businessKey: "pixels" });
  const page = await openPage();
  await page.goto(`${base}/instances/${id}`);
  await page.locator('.djs-element.mark-waiting[data-element-id="Ask"]').waitFor({ state: "attached" });
  await page.evaluate(watchRows);
  for (let number = 0; number < EVENTS; number += 1) {
    await rest(`/process-instance/${id}/variables/number`, { value: number }, "PUT");
    await page.waitForTimeout(APART_MS);
  }
  await page.waitForFunction((most) => window.lateness.length >= most, EVENTS);
  const late = await page.evaluate(() => [...window.lateness].sort((a, b) => a - b));
  const [half = 0, most = 0] = [late[Math.floor(late.length / 2)], late.at(-1)];
  console.log(`event to pixel: p50 ${half} ms, at most ${most} ms, of ${late.length} events`);
  assert.ok(half > 0 && half <= MOST_MS, String(late));
});
