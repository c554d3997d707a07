// A server that must know who asks: the first administrator, signing in and out.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { base, findings, useBrowser } from "../support.mjs";
import { fill, PASSWORD, post, token } from "./people.mjs";

const openPage = useBrowser();
test("the first administrator is made by the link, and signs in and out", async () => {
  const page = await openPage();
  await page.goto(`${base}/first-administrator?token=${token}`);
  await page.getByRole("heading", { name: "The first administrator" }).waitFor();
  assert.deepEqual(await findings(page), []);
  await fill(page, "boss", "short");
  await page.getByRole("alert").filter({ hasText: "12 to 1000 characters" }).waitFor();
  await fill(page, "boss", PASSWORD);
  await page.getByRole("link", { name: "Definitions", exact: true }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/");

  await page.getByRole("button", { name: "Sign out boss" }).click();
  await page.getByRole("heading", { name: "Sign in to Baton" }).waitFor();
  assert.deepEqual(page.errors, []);
});

test("a page is there after signing in, and not before", async () => {
  const page = await openPage();
  await page.goto(`${base}/definitions`);
  await page.getByRole("heading", { name: "Sign in to Baton" }).waitFor();
  assert.deepEqual(await findings(page), []);
  await fill(page, "boss", "wrong wrong wrong");
  await page.getByRole("alert").filter({ hasText: "do not fit" }).waitFor();
  await fill(page, "boss", PASSWORD);
  await page.getByText("Order fulfilment").first().waitFor();
  assert.equal(new URL(page.url()).pathname, "/definitions");
  assert.deepEqual(page.errors, []);
});

test("the link is good once", async () => {
  const page = await openPage();
  await page.goto(`${base}/first-administrator?token=${token}`);
  await fill(page, "second", PASSWORD);
  await page.getByRole("alert").filter({ hasText: "not good" }).waitFor();
});

test("somebody who only does tasks sees the pages of tasks, under the own name, and is told why not the others", async () => {
  const { cookie } = await post("/sign-in", { id: "boss", password: PASSWORD });
  const tina = { profile: { id: "tina" }, credentials: { password: PASSWORD }, roles: ["task-user"] };
  const made = await post("/user/create", tina, cookie);
  assert.equal(made.status, 204);

  const page = await openPage();
  await page.goto(base);
  await fill(page, "tina", PASSWORD);
  await page.waitForURL(/\/tasks$/);
  assert.deepEqual(await page.locator(".rail a.rail-item").allTextContents(), ["Tasks"]);
  assert.equal(await page.getByRole("button", { name: "Say who you are" }).count(), 0);

  await page.goto(`${base}/instances`);
  await page.getByText("You may not see this page").waitFor();
  await page.getByText("process-instance:read").waitFor();
  assert.deepEqual(page.errors, []);
});

test("a page of another site can do nothing with the session of the browser", async () => {
  const foreign = createServer((_, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end(`<!doctype html><title>Foreign</title><form method="post" enctype="text/plain"
      action="${base}/engine-rest/signal"><input name='{"name":"s","x":"' value='"}' /><button>Send</button></form>`);
  });
  await new Promise((resolve) => foreign.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (foreign.address());
  try {
    const page = await openPage();
    await page.goto(base);
    await fill(page, "boss", PASSWORD);
    await page.getByRole("button", { name: "Sign out boss" }).waitFor();
    // Another port of this machine is another site to the guard, and the same to cookies: the harder case.
    await page.goto(`http://127.0.0.1:${port}/`);
    const tries = await page.evaluate(async (address) => {
      /** @param {RequestInit} init */
      const ask = (init, path = "/me") =>
        fetch(`${address}/engine-rest${path}`, { credentials: "include", ...init }).then(
          (answer) => answer.status,
          () => "refused",
        );
      const json = { "Content-Type": "application/json" };
      return [
        await ask({}),
        await ask({ method: "POST", headers: json, body: "{}" }, "/sign-out"),
        await ask({ method: "POST", body: '{"name":"s"}' }, "/signal"),
      ];
    }, base);
    assert.deepEqual(tries, ["refused", "refused", "refused"]);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Expected a request from this site").waitFor();
    await page.goto(`${base}/definitions`);
    await page.getByRole("button", { name: "Sign out boss" }).waitFor();
  } finally {
    foreign.close();
    foreign.closeAllConnections();
  }
});
