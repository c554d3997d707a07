// An open page notices by itself that its session has ended. It runs after the first administrator was made.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { base, useBrowser } from "../support.mjs";
import { fill, makeFirstAdministrator, PASSWORD, post } from "./people.mjs";

const openPage = useBrowser();
/** Longer than a page waits before it asks for anything by itself. */
const WHILE_MS = 120_000;
/** @type {string} */
let cookie;
/** @type {string} */
let instance;

before(async () => {
  await makeFirstAdministrator();
  ({ cookie } = await post("/sign-in", { id: "boss", password: PASSWORD }));
  for (const id of ["paula", "petra"])
    await post("/user/create", { profile: { id }, credentials: { password: PASSWORD }, roles: ["operator"] }, cookie);
  const started = await fetch(`${base}/engine-rest/process-definition/key/order-fulfilment/start`, {
    method: "POST",
    headers: { "Content-Type": "application/json", cookie },
    body: "{}",
  });
  instance = (await started.json()).id;
});

/** @param {TestPage} page @param {string} path @param {string} name */
async function openSignedIn(page, path, name = "paula") {
  await page.goto(base + path);
  await fill(page, name, PASSWORD);
  await page.getByRole("button", { name: `Sign out ${name}` }).waitFor();
}

/** What a page asks the server for, from now on. @param {TestPage} page */
function watch(page) {
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/engine-rest/")) asked.push(pathname.slice("/engine-rest".length));
  });
  return asked;
}

test("a page with a stream shows the sign-in when the session was ended elsewhere, and is there again afterwards", async () => {
  const page = await openPage();
  const asked = watch(page);
  const path = `/instances/${instance}?element=ReserveInventory`;
  await openSignedIn(page, path);
  const chosen = page.locator('.djs-element.selected[data-element-id="ReserveInventory"]');
  await chosen.waitFor({ state: "attached" });

  await post("/user/paula/sign-out", {}, cookie);

  await page.getByRole("heading", { name: "Sign in to Baton" }).waitFor();
  const streams = () => asked.filter((it) => it === `/process-instance/${instance}/stream`).length;
  const before = streams();
  await fill(page, "paula", PASSWORD);
  await chosen.waitFor({ state: "attached" });
  assert.equal(page.url(), base + path);
  assert.equal(streams(), before + 1);
  assert.deepEqual(page.errors, []);
});

test("a page without a stream notices it too, and asks for nothing more until somebody has signed in", async () => {
  const page = await openPage();
  await page.clock.install();
  await openSignedIn(page, "/start/order-fulfilment");
  await page.getByRole("button", { name: /^Start version/ }).waitFor();
  await post("/user/paula/sign-out", {}, cookie);

  const heading = page.getByRole("heading", { name: "Sign in to Baton" });
  // A process of the server remembers a session for seconds: a page that asks again finds that it has ended.
  while (!(await heading.isVisible())) await page.clock.runFor(5_000);

  await page.waitForLoadState("networkidle");
  const asked = watch(page);
  await page.clock.runFor(WHILE_MS);
  await page.evaluate(() => fetch("/engine-rest/version"));
  assert.deepEqual(asked, ["/version"]);
  await fill(page, "paula", PASSWORD);
  await page.getByRole("button", { name: /^Start version/ }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/start/order-fulfilment");
  assert.deepEqual(page.errors, []);
});

test("a page at which nobody is says so, and does not keep the session from ending", async () => {
  const page = await openPage();
  await page.clock.install();
  await openSignedIn(page, "/");
  /** @param {string | undefined} said */
  const asks = (said) =>
    page.waitForRequest((it) => it.url().endsWith("/me") && it.headers()["x-baton-unattended"] === said);
  const unattended = asks("true");
  await page.clock.runFor(WHILE_MS);
  await unattended;
  await page.mouse.move(40, 40);
  const attended = asks(undefined);
  await page.clock.runFor(20_000);
  await attended;
});

test("who signs out in one tab is out in the others, and in again with them", async () => {
  const page = await openPage();
  await openSignedIn(page, "/tasks");
  const other = await page.context().newPage();
  await other.goto(`${base}/definitions`);
  await other.getByRole("button", { name: "Sign out paula" }).click();
  await page.getByRole("heading", { name: "Sign in to Baton" }).waitFor();
  await fill(/** @type {TestPage} */ (other), "paula", PASSWORD);
  await page.getByRole("button", { name: "Sign out paula" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/tasks");
});

test("a right that was taken away meanwhile is gone from an open page", async () => {
  const page = await openPage();
  await page.clock.install();
  await openSignedIn(page, "/definitions", "petra");
  const link = page.getByRole("link", { name: "Instances", exact: true });
  await link.waitFor();
  const changed = await fetch(`${base}/engine-rest/user/petra/roles`, {
    method: "PUT",
    headers: { "Content-Type": "application/json", cookie },
    body: JSON.stringify({ roles: ["task-user"] }),
  });
  assert.ok(changed.ok, `${changed.status}`);
  while (await link.isVisible()) await page.clock.runFor(5_000);
  await page.getByText("You may not see this page").waitFor();
});
