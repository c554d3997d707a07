// The overview: how it runs, what nobody serves, what ended lately.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deployModels } from "./deployments.mjs";
import { base, findings, rest, until, useBrowser } from "./support.mjs";

const openPage = useBrowser();

before(() => deployModels("ui-leave.bpmn", "ui-decide.form", "ui-unserved.bpmn"));

test("what starts and ends is drawn, and what ended is listed", async () => {
  const page = await openPage();
  await page.goto(base);
  const chart = page.getByRole("img", { name: /^Throughput:/ });
  await chart.waitFor();
  const { id } = await rest("/process-definition/key/ui-leave/start", {
    businessKey: "figures-1",
    variables: { days: { value: 2 } },
  });
  const running = page.getByRole("region", { name: "What runs" });
  await running.getByText("figures-1").waitFor();
  const [task] = await rest(`/task?processInstanceId=${id}`);
  const values = { verdict: { value: "granted" }, reason: { value: "Go and rest" } };
  await rest(`/task/${task.id}/complete`, { variables: values });
  await page.getByRole("region", { name: "What ended lately" }).getByText("figures-1").waitFor();
  await running.getByText("figures-1").waitFor({ state: "detached" });
  await page.getByRole("img", { name: /^Throughput: [1-9][0-9,]* started, [1-9][0-9,]* ended/ }).waitFor();
  assert.ok((await chart.locator("rect").count()) >= 2);

  await page.getByRole("button", { name: "Last day" }).click();
  await page.waitForURL(/per=hour/);
  await page.getByRole("img", { name: /^Duration: .* on average/ }).waitFor();
  assert.deepEqual(page.errors, []);
});

test("a figure is the number of what its link lists", async () => {
  const page = await openPage();
  for (const label of ["Not ended", "Completed", "Undone"]) {
    await until(async () => {
      await page.goto(base);
      const figure = page.locator(".figure", { hasText: label });
      const number = await figure.locator(".figure-value").textContent();
      await figure.click();
      const found = page.locator(".found", { hasText: "instance" });
      await found.waitFor();
      // Instances of other scenarios may have ended in between.
      return (await found.textContent())?.split(" ")[0] === number;
    });
    assert.equal(await page.getByRole("button", { name: label, pressed: true }).count(), 1);
  }
  assert.deepEqual(page.errors, []);
});

test("what starts while an answer is on its way is shown", async () => {
  const page = await openPage();
  let asked = 0;
  await page.route(/\/process-instance\/overview\?.*sortBy=startedAt/, async (route) => {
    asked += 1;
    const isAfterTheFirst = asked === 2;
    const response = await route.fetch();
    if (isAfterTheFirst) {
      // The stream has begun. The answer is older than the start, and comes after the stream has told of it.
      const recounted = page.waitForRequest(/\/process-instance\/overview\/count/);
      await rest("/process-definition/key/ui-leave/start", { businessKey: "figures-early" });
      await recounted;
    }
    await route.fulfill({ response });
  });
  await page.goto(base);
  await page.getByRole("region", { name: "What runs" }).getByText("figures-early").waitFor();
  assert.deepEqual(page.errors, []);
});

test("a topic that no worker asks for is found, with what waits in it", async () => {
  await rest("/process-definition/key/ui-unserved/start", { businessKey: "figures-2" });
  const page = await openPage();
  await page.goto(base);
  const row = page.getByRole("row", { name: /ui-nobody/ });
  await row.getByText("Topic without a worker").waitFor();
  await row.getByText(/no worker has asked for it within a day/).waitFor();
  await page.getByText(/Store: \d+ MB/).waitFor();

  const topics = [{ topicName: "ui-nobody", lockDuration: 1_000, businessKey: "none like this" }];
  assert.deepEqual(await rest("/external-task/fetchAndLock", { workerId: "w9", maxTasks: 1, topics }), []);
  await page.reload();
  await page.getByText(/Store: \d+ MB/).waitFor();
  assert.equal(await row.count(), 0);
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`axe finds nothing wrong on the overview and the list of instances (${colorScheme})`, async () => {
    const page = await openPage({ colorScheme, reducedMotion: "reduce" });
    await page.goto(base);
    await page.getByRole("img", { name: /^Duration:/ }).waitFor();
    assert.deepEqual(await findings(page), []);
    await page.goto(`${base}/instances?columns=key,state,ended,incidents,id`);
    await page.locator("tbody tr").first().waitFor();
    await page.getByText("Columns", { exact: true }).first().click();
    await page.getByLabel("Definition", { exact: true }).last().waitFor();
    assert.deepEqual(await findings(page), []);
  });
}
