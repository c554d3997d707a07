// From the page of an instance to its trace in Zipkin's own pages, and back by what its spans say.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base, useBrowser } from "../support.mjs";

const openPage = useBrowser();
const instance = process.env.BATON_INSTANCE ?? "";

test("the bars of an instance lead to its trace, and a span of the trace leads back to the instance", async () => {
  const page = await openPage();
  await page.goto(`${base}/instances/${instance}`);
  await page.getByRole("button", { name: "Timeline", exact: true }).click();
  const opened = page.waitForEvent("popup");
  await page.getByRole("link", { name: "See the trace" }).click();
  const trace = await opened;
  await trace.getByText("a: charge").first().waitFor();
  const back = trace.getByText(`${base}/instances/${instance}`).first();
  await back.waitFor();

  await trace.goto((await back.textContent()) ?? "");
  await trace.locator('.djs-element.mark-undone[data-element-id="charge"]').waitFor({ state: "attached" });
  assert.deepEqual(page.errors, []);
});
