// Into subprocesses and called processes and back, by mouse, keyboard and breadcrumb, at any moment of the history.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deployModels } from "./deployments.mjs";
import { base, findingsInThemes, marked, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();

before(() => deployModels("ui-inner.bpmn", "ui-nested.bpmn"));

/** @param {TestPage} page @param {string} element that is drawn on the plane that is shown */
const shape = (page, element) =>
  page.locator(`.djs-container .djs-shape[data-element-id="${element}"] > .djs-hit`).first();

/** @param {TestPage} page @param {string} name of the plane in the breadcrumb of the diagram */
const onPlane = (page, name) => page.locator(".bjs-breadcrumbs li:last-child", { hasText: name }).waitFor();

/** @param {TestPage} page @param {string} text */
const titled = (page, text) => page.locator(".bar h1", { hasText: text }).waitFor();

test("a called process opens from inside a folded subprocess, at the moment that is shown, and leads back", async () => {
  const { id } = await rest("/process-definition/key/ui-nested/start", { businessKey: "inside" });
  const page = await openPage();
  await page.goto(`${base}/instances/${id}`);
  await marked(page, "Folded", "mark-active");
  await shape(page, "Folded").dblclick();
  await onPlane(page, "Folded part");
  await shape(page, "Call").dblclick();
  await page.waitForURL(/\/instances\/[^/?]+\.\d+/);
  await titled(page, "Inner process");
  await marked(page, "Ask", "mark-waiting");
  assert.deepEqual(await findingsInThemes(page), []);

  // The list has what happened in the called process; its first moment is gone back to.
  await page.getByLabel("Every event").check();
  const first = page.locator(".history .pos").first();
  assert.ok(Number(await first.textContent()) > 1);
  await first.click();
  await page.locator(".banner", { hasText: "As it was after event" }).waitFor();
  await page.locator('.mark-waiting[data-element-id="Ask"]').waitFor({ state: "detached" });

  const caller = page.locator(".crumbs a", { hasText: "inside" });
  await caller.click();
  await titled(page, "inside");
  await page.locator(".banner", { hasText: "As it was after event" }).waitFor();
  await page.locator('.djs-element.selected[data-element-id="Call"]').waitFor({ state: "attached" });
  await onPlane(page, "Folded part");
  await page.getByRole("button", { name: "Back to now" }).click();
  await page.locator(".banner").waitFor({ state: "detached" });

  // The same by keyboard.
  await page.locator('[data-testid="diagram"] svg[tabindex]').first().focus();
  await page.keyboard.press("o");
  await titled(page, "Inner process");
  await marked(page, "Ask", "mark-waiting");
  await page.locator('[data-testid="diagram"] svg[tabindex]').first().focus();
  await page.keyboard.press("u");
  await titled(page, "inside");
  await onPlane(page, "Folded part");
  await page.locator('[data-testid="diagram"] svg[tabindex]').first().focus();
  await page.keyboard.press("u");
  await page.locator(".bjs-breadcrumbs-shown").waitFor({ state: "detached" });
  assert.deepEqual(page.errors, []);
});

test("definition page and designer open what is called as its definition, with the way back in the breadcrumb", async () => {
  const [definition] = await rest("/process-definition?key=ui-nested&latestVersion=true");
  const page = await openPage();
  for (const place of ["definitions", "designer"]) {
    await page.goto(`${base}/${place}/${encodeURIComponent(definition.id)}`);
    await titled(page, "Nested process");
    await shape(page, "Folded").dblclick();
    await onPlane(page, "Folded part");
    await shape(page, "Call").dblclick();
    await titled(page, "Inner process");
    await shape(page, "Ask").waitFor({ state: "attached" });
    await page.locator(".crumbs a", { hasText: "ui-nested" }).click();
    await titled(page, "Nested process");
    await shape(page, "Folded").waitFor({ state: "attached" });
  }
  assert.deepEqual(page.errors, []);
});
