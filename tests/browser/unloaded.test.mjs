// What a page says and offers when what it is about could not be loaded, or is not there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();
const MESSAGE = "Expected a store that answers, but it does not";

/** @param {string} path */
async function openUnloaded(path) {
  const page = await openPage();
  await page.route("**/engine-rest/**", (route) =>
    route.fulfill({ status: 503, json: { type: "Error", message: MESSAGE } }),
  );
  await page.goto(base + path);
  await page.getByRole("heading", { name: "Could not load" }).first().waitFor();
  return page;
}

test("a list that could not be loaded does not say how many there are", async () => {
  const page = await openUnloaded("/instances");
  await page.getByText(MESSAGE).waitFor();
  assert.equal(await page.getByText(/\d+ instances?/).count(), 0);
});

test("a diagram that could not be loaded is neither deployed nor simulated, and has no problems", async () => {
  const [{ id }] = await rest("/process-definition?key=order-fulfilment");
  const page = await openUnloaded(`/designer/${id}`);
  for (const name of ["Deploy", "Simulate"])
    assert.ok(await page.getByRole("button", { name, exact: true }).isDisabled(), name);
  assert.equal(await page.getByRole("button", { name: "Problems" }).count(), 0);
  await page.keyboard.press("Control+s");
  assert.equal(await page.getByRole("dialog").count(), 0);
});

for (const [path, list] of [
  ["/instances/nothing-07", "/instances"],
  ["/tasks/nothing-07.1", "/tasks"],
  ["/batches/nothing", "/batches"],
  ["/dead-letters/nothing", "/dead-letters"],
  ["/definitions/nothing:1:x", "/definitions"],
]) {
  test(`from the address of what there is not, ${path}, one comes to the list`, async () => {
    const page = await openPage();
    await page.goto(base + path);
    await page.getByRole("heading", { name: "There is no such" }).waitFor();
    await page.getByRole("link", { name: "Show all" }).click();
    await page.waitForURL(base + list);
    assert.deepEqual(page.errors, []);
  });
}

test("a filter of accounts that finds nothing is taken away by a button", async () => {
  const page = await openPage();
  await page.goto(`${base}/administration?text=nobody-like-this`);
  await page.getByRole("button", { name: "Show all" }).click();
  await page.waitForURL(`${base}/administration`);
});
