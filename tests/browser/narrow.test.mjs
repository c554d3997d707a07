// At 390 px every screen fits: nothing scrolls sideways, the diagram stays wide, names are not squeezed away.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deploy, deployModels } from "./deployments.mjs";
import { draw } from "./diagrams.mjs";
import { base, findCut, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();
const PHONE = { viewport: { width: 390, height: 844 } };
const DIAGRAM_WIDTH = 320;
const BRANCHES = 7;
/** @type {Record<string, string>} */
let places;
/** @type {string} */
let branches;

/** Starts what waits at many places, with names as long as people give them. */
async function startBranches() {
  const names = Array.from({ length: BRANCHES }, (_branch, at) => `Check_the_delivery_address_of_order_${at}`);
  const file = draw(
    [
      { id: "Start", type: "startEvent", x: 0, y: 50 },
      { id: "Fork", type: "parallelGateway", x: 100, y: 50 },
      ...names.map((id, at) => ({ id, type: "userTask", x: 250, y: 50 + 100 * at })),
      { id: "Join", type: "parallelGateway", x: 400, y: 50 },
      { id: "End", type: "endEvent", x: 500, y: 50 },
    ],
    [
      ["begin", "Start", "Fork"],
      ...names.flatMap(
        (id) =>
          /** @type {[string, string, string][]} */ ([
            [`to-${id}`, "Fork", id],
            [`from-${id}`, id, "Join"],
          ]),
      ),
      ["end", "Join", "End"],
    ],
    "ui-branches",
  );
  await deploy({ "ui-branches.bpmn": file });
  branches = (await rest("/process-definition/key/ui-branches/start", { businessKey: "order-at-many-places" })).id;
}

// Its tasks would be in the lists of other files.
after(() => rest(`/process-instance/${branches}`, {}, "DELETE"));

before(async () => {
  await startBranches();
  const [definition] = await rest("/process-definition?key=order-fulfilment&latestVersion=true");
  const instance = await rest(`/process-definition/${encodeURIComponent(definition.id)}/start`, {
    businessKey: "order-on-a-phone-with-a-long-business-key",
    variables: { card: { value: "0002", type: "String" } },
  });
  places = {
    overview: "/",
    definitions: "/definitions",
    definition: `/definitions/${encodeURIComponent(definition.id)}`,
    instances: "/instances",
    instance: `/instances/${instance.id}`,
    tasks: "/tasks",
    designer: `/designer/${encodeURIComponent(definition.id)}`,
    empty: "/designer",
    missing: "/instances/nothing-07",
  };
});

/** Starts what waits for a person. @param {string} businessKey */
async function startForms(businessKey) {
  await deployModels("ui-forms.bpmn");
  await rest("/process-definition/key/ui-forms/start", { businessKey });
}

for (const name of [
  "overview",
  "definitions",
  "definition",
  "instances",
  "instance",
  "tasks",
  "designer",
  "empty",
  "missing",
]) {
  test(`nothing is cut off at 390 px: ${name}`, async () => {
    const page = await openPage(PHONE);
    await page.goto(base + places[name]);
    await page.locator(".table, .nothing, .djs-element, .djs-palette").first().waitFor();
    assert.deepEqual(await findCut(page), []);
    const rail = await page.getByRole("navigation", { name: "Main" }).boundingBox();
    assert.ok(rail && rail.width === 390 && rail.y > 700, "the rail is a bar at the foot");
  });
}

for (const name of ["definition", "instance", "designer"]) {
  test(`the diagram keeps its width at 390 px: ${name}`, async () => {
    const page = await openPage(PHONE);
    await page.goto(base + places[name]);
    await page.locator(".djs-element").first().waitFor();
    const box = await page.locator(".diagram").boundingBox();
    assert.ok(box && box.width >= DIAGRAM_WIDTH && box.height >= DIAGRAM_WIDTH, JSON.stringify(box));
  });
}

test("at 390 px a row of a table has two lines, and its name is readable", async () => {
  const page = await openPage(PHONE);
  await page.goto(`${base}/instances?business=on-a-phone`);
  const row = page.locator("tbody tr").first();
  await row.waitFor();
  const whole = await row.boundingBox();
  const name = await row.locator("a.name").boundingBox();
  assert.ok(whole && whole.height >= 40 && whole.height <= 64, JSON.stringify(whole));
  assert.ok(name && name.width >= 150, JSON.stringify(name));
});

test("at 390 px an instance at many places names the first of them and counts the others", async () => {
  const page = await openPage(PHONE);
  await page.goto(`${base}/instances?business=order-at-many-places`);
  const where = page.locator("tbody .where").first();
  await where.getByText(`+${BRANCHES - 3}`, { exact: true }).waitFor();
  assert.equal(await where.locator(".place").count(), 3);
  assert.equal((await where.getAttribute("title"))?.split("\n").length, BRANCHES);
  assert.deepEqual(await findCut(page), []);
});

test("at 390 px instances are chosen, first one and then all that match, and nothing of the bar is cut off", async () => {
  const page = await openPage(PHONE);
  await startForms("chosen-on-a-phone");
  await startForms("chosen-on-a-phone-too");
  await page.goto(`${base}/instances?state=waiting`);
  await page.locator("tbody .choose input").first().check();
  const bar = page.getByRole("region", { name: "Chosen instances" });
  await bar.getByText("1 chosen", { exact: true }).waitFor();
  const box = await page.locator("tbody .choose input").first().boundingBox();
  assert.ok(box && box.width >= 24 && box.height >= 24, JSON.stringify(box));
  await bar.getByRole("button", { name: /^Choose all / }).click();
  await bar.getByText(/^All \d+ that match$/).waitFor();
  assert.deepEqual(await findCut(page), []);
});

test("at 390 px the details are a sheet that is pulled up and put away again", async () => {
  const page = await openPage(PHONE);
  await page.goto(base + places.instance);
  await page.locator(".djs-element").first().waitFor();
  const sheet = page.getByRole("complementary", { name: "Details" });
  const height = async () => (await sheet.boundingBox())?.height ?? 0;
  assert.ok((await height()) < 60);
  await page.getByRole("button", { name: "Pull up the details" }).click();
  await page.getByText("Business key").waitFor();
  assert.ok((await height()) > 250);
  await page.getByRole("button", { name: "Put away the details" }).click();
  assert.ok((await height()) < 60);
});

test("at 390 px a task covers the list, and leads back to it", async () => {
  const page = await openPage(PHONE);
  await startForms("task-on-a-phone");
  await page.goto(`${base}/tasks`);
  await page.locator("tbody a.name").first().click();
  await page.getByRole("link", { name: "All tasks" }).click();
  await page.locator("tbody a.name").first().waitFor();
});
