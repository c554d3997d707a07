// The page of a definition: what its instances do now and have done, on the diagram and as text, and its instances below.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { findCovering } from "./covering.mjs";
import { deploy, readModel } from "./deployments.mjs";
import { observeParcels } from "./parcels.mjs";
import { base, findings, findingsInThemes, rest, startOrder, useBrowser } from "./support.mjs";

const openPage = useBrowser();
/** Key and topic of this run alone: versions and tasks of an earlier one would be counted. */
const KEY = `ui-numbers-${Date.now().toString(36)}`;
/** @type {string} */
let path;
/** @type {string} */
let id;

before(async () => {
  const file = readModel("ui-incident.bpmn").replaceAll("ui-incident", KEY).replace("ui-flaky", KEY);
  id = (await deploy({ "ui-numbers.bpmn": file }))[0] ?? "";
  path = `${base}/definitions/${encodeURIComponent(id)}`;
});

/** @param {string} businessKey */
const start = (businessKey) =>
  rest(`/process-definition/key/${KEY}/start`, {
    businessKey,
    variables: { amount: { value: 2, type: "Integer" } },
  });

/** @returns {Promise<{ id: string; businessKey: string }[]>} */
const lock = () =>
  rest("/external-task/fetchAndLock", {
    workerId: "numbers",
    maxTasks: 50,
    topics: [{ topicName: KEY, lockDuration: 600_000 }],
  });

test("a definition without instances says so and offers to start one", async () => {
  const page = await openPage();
  await page.goto(path);
  await page.getByText("It has no instances yet").waitFor();
  await page.getByText("No instance of this version yet").waitFor();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByRole("dialog").waitFor();
  assert.deepEqual(page.errors, []);
});

test("tokens, incidents and completions stand at the elements and follow the instances", async () => {
  const page = await openPage();
  await page.goto(path);
  await page.locator(".djs-element").first().waitFor();
  for (const name of ["numbers-1", "numbers-2", "numbers-3"]) await start(name);
  const counts = page.locator(".layer-baton-tokens .token-count");
  await page.waitForFunction(
    () => document.querySelector(".layer-baton-tokens .token.is-active .token-count")?.textContent === "3",
  );
  // Tasks of one priority come in any order.
  const tasks = await lock();
  const [done, failed] = ["numbers-1", "numbers-2"].map((key) => tasks.find((it) => it.businessKey === key));
  await rest(`/external-task/${done?.id}/complete`, { workerId: "numbers" });
  const failure = { workerId: "numbers", errorMessage: "No luck", retries: 0, retryTimeout: 0 };
  await rest(`/external-task/${failed?.id}/failure`, failure);
  await page.locator(".layer-baton-tokens .token.is-incident").waitFor({ state: "attached" });
  await page.waitForFunction(
    () => document.querySelector(".layer-baton-tokens .token.is-active .token-count")?.textContent === "2",
  );
  assert.equal(await counts.count(), 2);
  await page.getByText("Of all 3 instances.").waitFor();
  const panel = page.getByRole("complementary", { name: "Numbers of the definition" });
  await panel.getByText("1 incident").waitFor();
  await panel.getByText("2 running").waitFor();
  await panel.getByRole("button", { name: "Do the work" }).click();
  await page.locator('.djs-element.selected[data-element-id="Work"]').waitFor({ state: "attached" });
  assert.deepEqual(await findings(page), []);
  assert.deepEqual(page.errors, []);
});

test("a map of frequency and of durations colours the elements, says the values, and stands in the address", async () => {
  const page = await openPage();
  await page.goto(path);
  await page.getByRole("button", { name: "Frequency" }).click();
  await page.waitForURL(/show=frequency/);
  await page.locator('.has-heat[data-element-id="Work"]').waitFor({ state: "attached" });
  const strength = (/** @type {string} */ element) =>
    page
      .locator(`.djs-element[data-element-id="${element}"]`)
      .evaluate((it) => Number(it.style.getPropertyValue("--heat")));
  assert.equal(await strength("Work"), 1);
  assert.ok((await strength("Calc")) < 1);
  assert.ok((await page.locator(".corner-heat").allTextContents()).includes("3"));
  await page.reload();
  await page.locator('.has-heat[data-element-id="Work"]').waitFor({ state: "attached" });
  await page.getByRole("button", { name: "95th percentile" }).press("Enter");
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".corner-heat")].some((it) => / (ms|s|min)/.test(it.textContent ?? "")),
  );
  assert.deepEqual(await findings(page), []);
});

test("the values of a map lie on no flow, no name and no other element", async () => {
  for (const order of ["payment-rejected", "backorder"]) await startOrder(order, `heat-${order}`);
  const [definition] = await rest("/process-definition?key=order-fulfilment&latestVersion=true");
  const page = await openPage();
  for (const kind of ["frequency", "p50"]) {
    await page.goto(`${base}/definitions/${encodeURIComponent(definition.id)}?show=${kind}`);
    for (const element of ["ChargePayment", "UndoReservation"])
      await page.locator(`.corner-heat[data-element="${element}"]`).waitFor();
    assert.deepEqual(await findCovering(page), [], kind);
  }
});

test("instances below are chosen and acted on, and the definition is suspended with them", async () => {
  const page = await openPage();
  await page.goto(path);
  await page.getByLabel("Choose numbers-3").check();
  await page.getByRole("button", { name: "Suspend 1" }).click();
  await page.locator("tbody tr", { hasText: "numbers-3" }).getByText("Suspended").waitFor();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Suspend it and all its instances" }).click();
  await page.locator(".bar .badge", { hasText: "Suspended" }).waitFor();
  assert.equal((await rest(`/process-definition/${encodeURIComponent(id)}`)).suspended, true);
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Resume it and all its instances" }).click();
  await page.locator(".bar .badge", { hasText: "Suspended" }).waitFor({ state: "detached" });
  assert.deepEqual(page.errors, []);
});

test("what runs inside other instances is listed, and leads to them", async () => {
  const caller = `${KEY}-caller`;
  const xml = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="test">
    <process id="${caller}" isExecutable="true" camunda:historyTimeToLive="1"><startEvent id="s"/>
    <callActivity id="c" calledElement="${KEY}"><extensionElements><camunda:in businessKey="inside-1"/>
    <camunda:in variables="all"/></extensionElements></callActivity><endEvent id="e"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="c"/><sequenceFlow id="f2" sourceRef="c" targetRef="e"/>
    </process></definitions>`;
  await deploy({ "caller.bpmn": xml });
  const started = await rest(`/process-definition/key/${caller}/start`, {
    variables: { amount: { value: 2, type: "Integer" } },
  });
  const page = await openPage();
  for (const address of [path, `${base}/instances?definition=${KEY}`]) {
    await page.goto(address);
    const inside = page.getByRole("region", { name: "1 running inside other instances" });
    await inside.getByRole("link", { name: "inside-1" }).waitFor();
    assert.deepEqual(await findingsInThemes(page), []);
  }
  await page.getByRole("link", { name: "inside-1" }).press("Enter");
  await page.waitForURL((url) => url.pathname.endsWith(started.id));
  assert.deepEqual(page.errors, []);
});

test("an observed process says so, and which of its steps are late, missing or failed", async () => {
  const observed = await observeParcels();
  const page = await openPage();
  await page.goto(`${base}/definitions/${encodeURIComponent(observed)}`);
  await page.locator(".bar .badge", { hasText: "Observed" }).waitFor();
  const panel = page.getByRole("complementary", { name: "Numbers of the definition" });
  for (const said of ["1 late", "1 missing", "1 failed"]) await panel.getByText(said).first().waitFor();
  await panel.getByText("Nobody conducts it").waitFor();
  await page.locator(".layer-baton-tokens .token.is-incident").first().waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Frequency", exact: true }).press("Enter");
  await page.locator('.has-heat[data-element-id="Collect"]').waitFor({ state: "attached" });
  assert.deepEqual(await findingsInThemes(page), []);
  assert.deepEqual(page.errors, []);
});
