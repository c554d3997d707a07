// A diagram begun with a template: from the empty designer and from the menu, with the keyboard too.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base, findings, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();

test("an empty designer offers patterns and samples, and the one picked with the keyboard is deployed as a process of its own", async () => {
  const page = await openPage();
  await page.goto(`${base}/designer`);
  const start = page.getByRole("region", { name: "Begin a diagram" });
  await start.waitFor();
  assert.deepEqual(await findings(page), []);
  await start.getByRole("button", { name: /^Saga/ }).focus();
  await page.keyboard.press("Enter");
  await page.locator('.djs-element[data-element-id="ChargeCard"]').waitFor();
  await start.waitFor({ state: "detached" });
  await page.locator(".drawer", { hasText: "none" }).waitFor();
  await page.keyboard.press("Control+s");
  await page.getByRole("button", { name: "Deploy version 1" }).click();
  await page.locator(".saved", { hasText: "Version 1" }).waitFor();
  assert.match(decodeURIComponent(page.url()), /\/designer\/trip-booking(-\d+)?:1:/);
  assert.deepEqual(page.errors, []);
});

test("a sample that is deployed already is begun under another key, from the menu", async () => {
  const page = await openPage();
  const [deployed] = await rest("/process-definition?key=order-fulfilment&latestVersion=true");
  await page.goto(`${base}/designer/${encodeURIComponent(deployed.id)}`);
  await page.locator(".saved", { hasText: "Version" }).waitFor();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: /^New from a template/ }).click();
  const dialog = page.getByRole("dialog");
  assert.deepEqual(await findings(page), []);
  await dialog.getByRole("button", { name: /^Order fulfilment/ }).click();
  await page.getByRole("heading", { name: "Order fulfilment 2" }).waitFor();
  await page.waitForURL(`${base}/designer`);
  await page.locator(".saved", { hasText: "Not deployed" }).waitFor();
  assert.deepEqual(page.errors, []);
});
