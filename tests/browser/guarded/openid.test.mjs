// Signing in by a real OpenID provider, whose own pages ask for a name and a password and then whether to go on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base, findingsInThemes, useBrowser } from "../support.mjs";

const openPage = useBrowser();

/** @param {TestPage} page at the provider */
async function agree(page) {
  await page.locator('input[name="login"]').fill("olga");
  await page.locator('input[name="password"]').fill("any will do");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

test("somebody signs in by the provider, is back at the page that was asked for, and signs out of both", async () => {
  const page = await openPage();
  await page.goto(`${base}/tasks`);
  const way = page.getByRole("link", { name: "Sign in with Acme" });
  await way.waitFor();
  assert.deepEqual(await findingsInThemes(page), []);
  await way.click();
  await agree(page);

  await page.waitForURL(`${base}/tasks`);
  const leave = page.getByRole("button", { name: "Sign out olga" });
  await leave.waitFor();
  await page.getByText("You may not see this page").waitFor();

  await leave.click();
  await page.getByRole("button", { name: "Yes, sign me out" }).click();
  await page.getByRole("heading", { name: "Sign in to Baton" }).waitFor();
  assert.equal(new URL(page.url()).origin, base);
  assert.deepEqual(page.errors, []);
});

test("somebody who says no at the provider is told so, and can sign in in another way", async () => {
  const page = await openPage();
  await page.goto(base);
  await page.getByRole("link", { name: "Sign in with Acme" }).click();
  await page.getByRole("link", { name: /Cancel/ }).click();
  await page.getByRole("alert").filter({ hasText: "has not signed you in" }).waitFor();
  assert.deepEqual(await findingsInThemes(page), []);
});
