// Events that could not be taken: found, looked at, corrected, tried again, dropped; by mouse and by keys alone.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deploy } from "./deployments.mjs";
import { base, findCut, findings, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();
/** @param {string} type @param {string} id @param {Record<string, unknown>} [more] */
const tell = async (type, id, more = {}) =>
  (await rest("/event", { specversion: "1.0", source: "/letters", type, id, data: { order: id }, ...more })).deadLetter;
const MAPPINGS = {
  version: 1,
  events: [{ type: "letters.known", source: "/letters", start: "order-fulfilment", businessKey: "=data.order" }],
};

before(async () => {
  for (const id of ["a", "b", "c"]) await tell("letters.bulk", id);
  await deploy({ "letters.events.json": JSON.stringify(MAPPINGS) });
});

test("a dead letter is found from the overview, corrected, tried again and taken", async () => {
  const id = await tell("letters.unknown", "fix-1", { batonelement: "Ship" });
  const page = await openPage();
  await page.goto(base);
  await page
    .getByRole("note", { name: "Events of other systems" })
    .getByRole("link", { name: /dead letter/ })
    .click();
  await page.waitForURL(/\/dead-letters$/);
  await page.getByLabel("Type of the event").fill("letters.unknown");
  await page.getByLabel("Element that it comes from").fill("Ship");
  await page.getByText("1 dead letter", { exact: true }).waitFor();
  await page.getByRole("link", { name: "letters.unknown" }).click();

  const panel = page.getByRole("complementary", { name: "Dead letter" });
  await panel.getByText("Expected a mapping for events 'letters.unknown'").waitFor();
  await panel.getByText("batonelement:").waitFor();
  await panel.getByRole("button", { name: "Send again" }).click();
  await page.locator(".toast", { hasText: "Tried again, in vain" }).waitFor();
  assert.equal((await rest(`/dead-letter/${id}`)).attempts, 2);

  await panel.getByRole("button", { name: "Edit" }).click();
  const field = panel.getByLabel("Event (JSON)");
  const event = JSON.parse(await field.inputValue());
  await field.fill(JSON.stringify({ ...event, id: "other" }));
  await panel.getByRole("button", { name: "Save" }).click();
  await panel.getByText('id has to stay "fix-1".').waitFor();
  await field.fill(JSON.stringify({ ...event, type: "letters.known" }));
  await panel.getByRole("button", { name: "Save" }).click();
  await panel.getByRole("heading", { name: "letters.known" }).waitFor();
  await panel.getByRole("button", { name: "Send again" }).click();
  await page.locator(".toast", { hasText: "It was taken" }).waitFor();
  assert.equal((await rest("/process-instance?businessKey=fix-1")).length, 1);
  await page.getByRole("heading", { name: "No dead letter matches" }).waitFor();
  assert.deepEqual(page.errors, []);
});

test("many are chosen and dropped, by keys alone, after a question", async () => {
  const page = await openPage();
  await page.goto(`${base}/dead-letters?type=letters.bulk`);
  await page.getByText("3 dead letters", { exact: true }).waitFor();
  await page.getByLabel("Choose all on this page").press("Space");
  const bar = page.getByRole("region", { name: "Chosen dead letters" });
  await bar.getByText("3 chosen").waitFor();
  await bar.getByRole("button", { name: "Send 3 again" }).press("Enter");
  await page.locator(".toast", { hasText: "3 dead letters tried again" }).waitFor();
  const first = page.getByRole("link", { name: "letters.bulk" }).first();
  await first.press("Enter");
  await page.getByRole("complementary").getByRole("heading", { name: "letters.bulk" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("complementary").waitFor({ state: "detached" });
  await page.getByLabel("Choose all on this page").press("Space");
  await bar.getByRole("button", { name: "Drop 3…" }).press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Drop 3 dead letters" }).press("Enter");
  await page.getByRole("heading", { name: "No dead letter matches" }).waitFor();
  assert.deepEqual(await rest("/dead-letter/count?type=letters.bulk"), { count: 0 });
  assert.deepEqual(page.errors, []);
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`dead letters fit every width, and axe finds nothing wrong with them (${colorScheme})`, async () => {
    const id = await tell("letters.shown", "shown");
    const page = await openPage({ colorScheme, reducedMotion: "reduce" });
    for (const path of ["/dead-letters?type=letters.shown", `/dead-letters/${id}?type=letters.shown`]) {
      await page.goto(base + path);
      for (const width of [1440, 1024, 390]) {
        await page.setViewportSize({ width, height: 844 });
        await page.getByText("letters.shown").filter({ visible: true }).first().waitFor();
        assert.deepEqual(await findings(page), []);
        assert.deepEqual(await findCut(page), []);
      }
    }
  });
}

test("answers that take longer than the page waits before it asks again are shown", async () => {
  await tell("letters.slow", "slow-1");
  const page = await openPage();
  await page.clock.install();
  /** @type {(() => Promise<void>)[]} */
  const held = [];
  await page.route(/\/dead-letter\?/, (route) => {
    held.push(() => route.continue());
  });
  const asked = page.waitForRequest(/\/dead-letter\?/);
  await page.goto(`${base}/dead-letters?type=letters.slow`);
  await asked;
  await page.clock.runFor(16_000); // three times as long as it waits
  assert.equal(held.length, 1, "what is on its way is waited for");
  await held[0]?.();
  await page.getByRole("link", { name: "letters.slow" }).waitFor();
  assert.deepEqual(page.errors, []);
});
