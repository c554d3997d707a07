// Who did what, searched in the browser. It runs after the first administrator was made.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { base, findCut, findings, useBrowser } from "../support.mjs";
import { fill, makeFirstAdministrator, PASSWORD, post } from "./people.mjs";

const openPage = useBrowser();
/** More than one page of entries. */
const GROUPS = 55;
/** @type {string} */
let cookie;
/** Groups that were made here, also by other scenarios. @type {number} */
let total;

before(async () => {
  await makeFirstAdministrator();
  ({ cookie } = await post("/sign-in", { id: "boss", password: PASSWORD }));
  for (let n = 0; n < GROUPS; n += 1) await post("/group/create", { id: `audited-${n}`, roles: ["viewer"] }, cookie);
  const made = await fetch(`${base}/engine-rest/audit?action=group_create&maxResults=100`, { headers: { cookie } });
  total = (await made.json()).length;
});

/**
 * @param {string} path
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
async function open(path, options) {
  const page = await openPage(options);
  await page.goto(base + path);
  await fill(page, "boss", PASSWORD);
  await page.getByRole("button", { name: "Sign out boss" }).waitFor();
  return page;
}

test("the audit is searched, read page by page with the keyboard, and exported", async () => {
  const page = await open("/administration");
  const people = page.getByRole("tab", { name: "People" });
  await people.focus();
  await page.keyboard.press("ArrowLeft");
  await page.getByRole("cell", { name: "post_sign_in" }).first().waitFor();

  await page.getByLabel("What", { exact: true }).fill("group_create");
  await page.getByRole("cell", { name: "post_sign_in" }).first().waitFor({ state: "detached" });
  await page.getByRole("cell", { name: "post_group_create" }).first().waitFor();
  assert.equal(await page.locator("tbody tr").count(), 50);
  await page.getByRole("button", { name: "Older" }).press("Enter");
  await page.getByText(`51–${total}`).waitFor();
  await page.getByRole("button", { name: "Newer" }).press("Enter");
  await page.getByText("1–50").waitFor();

  await page.locator("tbody .linkish").first().press("Enter");
  const entry = page.getByRole("dialog");
  await entry.getByText(`audited-${GROUPS - 1}`).waitFor();
  await entry.getByText("boss").waitFor();
  assert.deepEqual(await findings(page), []);
  await page.keyboard.press("Escape");
  await entry.waitFor({ state: "detached" });

  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Export as JSON Lines" }).press("Enter"),
  ]);
  const lines = readFileSync(await file.path(), "utf8")
    .trim()
    .split("\n");
  assert.equal(lines.length, total);
  assert.equal(JSON.parse(lines[0] ?? "").action, "post_group_create");

  await page.getByLabel("Who", { exact: true }).fill("nobody-like-this");
  await page.getByRole("heading", { name: "No entry matches" }).waitFor();
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByRole("cell", { name: "post_sign_in" }).first().waitFor();
  assert.equal(await page.getByLabel("Who", { exact: true }).inputValue(), "");
  await page.getByLabel("Outcome").selectOption("Refused");
  await page.getByRole("cell", { name: "post_group_create" }).first().waitFor({ state: "detached" });
  assert.deepEqual(page.errors, []);
});

test("an address that asks for what there is not is refused in words", async () => {
  const page = await open("/administration/audit?outcome=nonsense");
  await page.getByRole("alert").filter({ hasText: "Could not load the audit" }).waitFor();
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`the audit fits every width, and axe finds nothing wrong with it (${colorScheme})`, async () => {
    const page = await open("/administration/audit", { colorScheme, reducedMotion: "reduce" });
    for (const width of [1440, 900, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await page.locator("tbody tr").first().waitFor();
      assert.deepEqual(await findings(page), []);
      assert.deepEqual(await findCut(page), []);
    }
  });
}

test("the page of an instance names who has cancelled it, and leads to what else was done", async () => {
  const started = await fetch(`${base}/engine-rest/process-definition/key/order-fulfilment/start`, {
    method: "POST",
    headers: { "Content-Type": "application/json", cookie },
    body: JSON.stringify({ businessKey: "audited" }),
  });
  const { id } = await started.json();
  await fetch(`${base}/engine-rest/process-instance/${id}`, { method: "DELETE", headers: { cookie } });

  const page = await open(`/instances/${id}`);
  await page.getByRole("region", { name: "Events" }).getByText("by boss").last().waitFor();
  await page.getByRole("link", { name: "Who did what" }).click();
  await page.getByRole("cell", { name: "delete_process_instance_id" }).waitFor();
  assert.equal(await page.locator("tbody tr").count(), 1);
  assert.deepEqual(page.errors, []);
});
