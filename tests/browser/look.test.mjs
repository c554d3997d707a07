// What holds for every page: the mark of bpmn.io uncovered, everything reachable, errors told.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { base, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();
/** @type {Record<string, string>} */
let places;
before(async () => {
  const [definition] = await rest("/process-definition?key=order-fulfilment&latestVersion=true");
  const instance = await rest(`/process-definition/${encodeURIComponent(definition.id)}/start`, {
    businessKey: "browser-look",
    variables: { card: { value: "0002", type: "String" } },
  });
  places = {
    definition: `/definitions/${encodeURIComponent(definition.id)}`,
    instance: `/instances/${instance.id}`,
    designer: `/designer/${encodeURIComponent(definition.id)}`,
  };
});

for (const name of ["definition", "instance", "designer"]) {
  for (const width of [1440, 1024]) {
    test(`the mark of bpmn.io is visible and uncovered: ${name} at ${width} px`, async () => {
      const page = await openPage({ viewport: { width, height: 768 } });
      await page.goto(base + places[name]);
      await page.locator(".djs-element").first().waitFor();
      const uncovered = await page.evaluate(() => {
        const mark = document.querySelector(".bjs-powered-by");
        if (!mark) return false;
        const { left, top, width: w, height: h } = mark.getBoundingClientRect();
        const points = [
          { x: 0.1, y: 0.2 },
          { x: 0.5, y: 0.5 },
          { x: 0.9, y: 0.8 },
        ].map(({ x, y }) => document.elementFromPoint(left + w * x, top + h * y));
        const seen = getComputedStyle(mark).visibility === "visible" && w > 30 && h > 10;
        return seen && points.every((it) => mark.contains(it));
      });
      assert.ok(uncovered);
    });
  }
}

test("the rail, a list and an instance are reached by keyboard alone", async () => {
  const page = await openPage();
  await page.goto(base);
  await page.locator(".table, .nothing").first().waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await page.waitForURL(/\/instances$/);
  await page.locator("tbody a.name").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/instances\/./);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("a server that does not answer is reported, with a way to try again", async () => {
  const page = await openPage();
  await page.route("**/engine-rest/**", (route) => route.abort());
  await page.goto(`${base}/definitions`);
  await page.getByText("Baton does not answer").waitFor();
  await page.unroute("**/engine-rest/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".table").waitFor();
});

test("a part of a page that an update has taken away is named plainly, and trying again brings the new page", async () => {
  const page = await openPage();
  await page.goto(`${base}/definitions`);
  await page.locator(".table").waitFor();
  await page.route("**/assets/InstancesScreen-*.js", (route) => route.fulfill({ status: 404 }));
  await page.getByRole("link", { name: "Instances", exact: true }).click();
  await page.getByText("Baton may have been updated since this page was opened").waitFor();
  await page.unroute("**/assets/InstancesScreen-*.js");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".table, .nothing").first().waitFor();
  assert.ok(page.url().endsWith("/instances"));
});
