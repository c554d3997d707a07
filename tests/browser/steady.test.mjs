// The screens stay still, say when Baton is gone, and mix nothing up.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deployModels, readModel } from "./deployments.mjs";
import { base, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();
const FORMS = "ui-forms";

before(() => deployModels(`${FORMS}.bpmn`));

/** An instance that waits. */
const start = () => rest(`/process-definition/key/${FORMS}/start`, { businessKey: "steady" });

/** @param {TestPage} page @param {string} element */
const middleOf = async (page, element) => {
  const box = await page.locator(`.djs-element.djs-shape[data-element-id="${element}"]`).first().boundingBox();
  assert.ok(box);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

/** @param {TestPage} page how often elements are selected or given up within a second of doing nothing */
const countSelections = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        let count = 0;
        const observer = new MutationObserver((changes) => {
          count += changes.length;
        });
        observer.observe(document, { attributeFilter: ["class"], subtree: true });
        setTimeout(() => {
          observer.disconnect();
          resolve(count);
        }, 1000);
      }),
  );

test("fast clicks on elements, double ones too, leave the page at rest with the last one selected", async () => {
  const { id } = await start();
  const page = await openPage();
  await page.goto(`${base}/instances/${id}`);
  await page.locator('[data-testid="diagram"] .djs-element').first().waitFor();
  const [first, last] = [await middleOf(page, "Start"), await middleOf(page, "Ask")];
  await page.mouse.dblclick(first.x, first.y);
  for (const { x, y } of [first, last, first, last]) await page.mouse.click(x, y);
  await page.mouse.dblclick(last.x, last.y);
  await page.locator('.djs-element.selected[data-element-id="Ask"]').waitFor({ state: "attached" });
  await page.locator('.djs-element.selected[data-element-id="Start"]').waitFor({ state: "detached" });

  const changes = await countSelections(page);
  assert.ok(Number(changes) < 30, `${changes} changes while nothing was done`);
  assert.deepEqual(page.errors, []);
});

test("no screen scrolls as a whole", async () => {
  const { id } = await start();
  const page = await openPage();
  for (const path of ["/", "/definitions", "/instances", `/instances/${id}`, "/tasks", "/designer", "/nowhere"]) {
    await page.goto(base + path);
    await page.locator("main h1, main h2").first().waitFor();
    const { inner, outer, width, bar } = await page.evaluate(() => ({
      inner: document.documentElement.scrollHeight,
      outer: document.documentElement.clientHeight,
      width: document.documentElement.clientWidth,
      bar: window.innerWidth,
    }));
    assert.ok(inner <= outer && width === bar, `${path}: ${inner} of ${outer} high, ${width} of ${bar} wide`);
  }
});

test("every page says when Baton is gone, and goes on by itself when it is back", async () => {
  const page = await openPage();
  for (const path of ["/instances", "/definitions"]) {
    await page.goto(base + path);
    await page.locator("tbody tr").first().waitFor();
    await page.context().setOffline(true);
    await page.getByText("Baton does not answer.").waitFor();
    await page.context().setOffline(false);
    const { id } = await start();
    await page.getByText("Baton does not answer.").waitFor({ state: "detached" });
    if (path === "/instances") await page.locator(`a[href="/instances/${id}"]`).first().waitFor();
  }
});

test("an instance that does not exist is reported as such, and not as a lost server", async () => {
  const page = await openPage();
  await page.clock.install();
  await page.goto(`${base}/instances/nothing-07`);
  await page.getByText("There is no such instance").waitFor();
  await page.clock.fastForward(10_000);
  await page.getByText("There is no such instance").waitFor();
  assert.equal(await page.getByText("Baton does not answer.").count(), 0);
});

test("a file of another process that is opened in the designer does not become that one's draft", async () => {
  const [shown] = await rest("/process-definition?key=order-fulfilment&latestVersion=true");
  const page = await openPage();
  await page.goto(`${base}/designer/${encodeURIComponent(shown.id)}`);
  await page.locator(".saved", { hasText: "Version" }).waitFor();
  await page.setInputFiles('input[type="file"]', {
    name: "forms.bpmn",
    mimeType: "application/xml",
    buffer: Buffer.from(readModel(`${FORMS}.bpmn`)),
  });
  await page.locator(".bar h1", { hasText: "Forms" }).waitFor();
  await page.locator(".saved", { hasText: "Not deployed" }).waitFor();

  await page.waitForURL(/\/designer\/draft\/./);
  const { draft } = await rest(new URL(page.url()).pathname.replace("/designer", ""));
  assert.equal(draft.processDefinitionKey, FORMS);
  assert.equal(draft.processDefinitionId, null);
});

test("a form that is not drawn is named where it is missing", async () => {
  const { id } = await start();
  const [task] = await rest(`/task?processInstanceId=${id}`);
  const page = await openPage();
  await page.goto(`${base}/tasks/${task.id}`);
  await page.getByRole("note").filter({ hasText: "embedded:app:forms/ask.html" }).waitFor();

  const [definition] = await rest(`/process-definition?key=${FORMS}&latestVersion=true`);
  await page.goto(`${base}/definitions/${encodeURIComponent(definition.id)}`);
  await page.getByRole("button", { name: "Start" }).first().click();
  await page.getByRole("note").filter({ hasText: "order-form" }).waitFor();
});
