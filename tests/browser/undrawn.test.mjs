// Files without a diagram are drawn by themselves, wherever a diagram is shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deploy } from "./deployments.mjs";
import { base, rest, useBrowser } from "./support.mjs";

const openPage = useBrowser();

/** @param {string} key */
const model = (key) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="t">
  <process id="${key}-other" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="OtherStart"/><sequenceFlow sourceRef="OtherStart" targetRef="OtherEnd"/><endEvent id="OtherEnd"/>
  </process>
  <process id="${key}" name="Never drawn ${key}" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="Start"/><sequenceFlow sourceRef="Start" targetRef="Review"/>
    <subProcess id="Review" name="Review">
      <startEvent id="Begin"/><sequenceFlow id="g1" sourceRef="Begin" targetRef="Look"/>
      <userTask id="Look" name="Look at it"/><sequenceFlow id="g2" sourceRef="Look" targetRef="Seen"/><endEvent id="Seen"/>
    </subProcess>
    <boundaryEvent id="TooLate" attachedToRef="Review"><timerEventDefinition><timeDuration>P9D</timeDuration>
    </timerEventDefinition></boundaryEvent>
    <sequenceFlow id="f2" sourceRef="Review" targetRef="Done"/><endEvent id="Done"/>
    <sequenceFlow id="f3" sourceRef="TooLate" targetRef="GivenUp"/><endEvent id="GivenUp"/>
  </process>
</definitions>`;

/** @param {string} key @returns {Promise<string>} the id of the definition, one of two in the file */
async function deployUndrawn(key) {
  await deploy({ [`${key}.bpmn`]: model(key) });
  return (await rest(`/process-definition/key/${key}`)).id;
}

/** @param {TestPage} page */
async function assertDrawn(page) {
  for (const id of ["Start", "Review", "Begin", "Look", "Seen", "TooLate", "Done", "GivenUp", "f2", "f3"])
    await page.locator(`.djs-element[data-element-id="${id}"]`).waitFor({ state: "attached" });
  assert.equal(await page.getByText("Could not load the diagram").count(), 0);
  assert.deepEqual(page.errors, []);
}

const key = `undrawn-${Date.now().toString(36)}`;

test("the page of a definition draws it, and what is deployed stays as it is", async () => {
  const id = await deployUndrawn(key);
  const page = await openPage();
  await page.goto(`${base}/definitions/${encodeURIComponent(id)}`);
  await assertDrawn(page);
  assert.equal((await rest(`/process-definition/${encodeURIComponent(id)}/xml`)).bpmn20Xml, model(key));
});

test("the page of an instance draws it, with its token and the flow without an id that it took", async () => {
  const id = await deployUndrawn(key);
  const instance = await rest(`/process-definition/${encodeURIComponent(id)}/start`, {});
  const page = await openPage();
  await page.goto(`${base}/instances/${instance.id}`);
  await assertDrawn(page);
  await page.locator(".layer-baton-tokens .token.is-waiting").waitFor({ state: "attached" });
  await page.locator('.djs-element.mark-taken[data-element-id="flow-Start-Review"]').waitFor({ state: "attached" });
});

test("the designer opens it drawn, and as not changed", async () => {
  const id = await deployUndrawn(key);
  const page = await openPage();
  await page.goto(`${base}/designer/${encodeURIComponent(id)}`);
  await assertDrawn(page);
  await page.locator(".saved", { hasText: "Version" }).waitFor();
});
