// Every screen and every dialog: nothing for axe to find, no request for what is not shown, and nothing cut off at 390 px.
// What each may ask for is listed here.
// Each is opened once, in one theme, light and dark by turns, or in those of BATON_THEMES.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { FOR_MANY_PAGES } from "./chromium.mjs";
import { preparePlaces } from "./places.mjs";
import { watchRequests } from "./requests.mjs";
import { listScreens, openScreen } from "./screens.mjs";
import { base, findCut, findings, openTab, rest, useBrowser } from "./support.mjs";

/** @typedef {"light" | "dark"} Theme */

const openPage = useBrowser(FOR_MANY_PAGES);
/** Nothing was asked for as long as this: the screen has what it wants. */
const QUIET_MS = 1_500;
const MANY = 200;

const LIST = ["GET /process-instance/overview", "GET /process-instance/overview/count"];
const NAMES = "GET /process-definition/{id}/xml";
/** Of a called process, in which something has happened. */
const CALLED = "GET /process-definition/key/{key}/xml";
const DEFINITION = [
  "GET /process-definition/{id}",
  NAMES,
  "GET /process-definition/{id}/statistics",
  "GET /process-definition/{id}/element-statistics",
];
const ONE_DEFINITION = {
  once: [...DEFINITION, CALLED, "GET /stream"],
  live: [...LIST, "GET /process-definition", "GET /process-definition/statistics", ...DEFINITION.slice(2)],
};
const TASKS = ["GET /process-definition", "GET /task/report/candidate-group-count"];
const TASK_LIST = ["GET /task", "GET /task/count", "POST /process-instance"];
const LETTERS = ["GET /dead-letter", "GET /dead-letter/count", "GET /event-sink", "GET /event-source"];
const BATCHES = ["GET /batch/statistics", "GET /history/batch", "GET /history/batch/count"];
const ACCOUNTS = ["GET /user", "GET /group", "GET /api-key"];

/**
 * What each screen may ask for once (XML: once for each definition), and what it may ask for again when something has changed.
 * @type {Record<string, { once: string[], live?: string[] }>}
 */
const ALLOWED = {
  overview: {
    once: [NAMES, CALLED, "GET /stream"],
    live: [
      ...LIST,
      "GET /incident",
      "GET /process-definition",
      "GET /task/count",
      "GET /metrics/throughput",
      "GET /status",
      "GET /watchdog",
      "GET /external-task/topic",
      "GET /event-sink",
      "GET /event-source",
      "GET /called-host",
      "GET /approval/count",
      "GET /dead-letter/count",
    ],
  },
  definitions: { once: ["GET /process-definition", "GET /process-definition/statistics", "GET /deployment"] },
  definition: ONE_DEFINITION,
  // Its model has no diagram.
  observed: { ...ONE_DEFINITION, once: [...ONE_DEFINITION.once, "POST /process-definition/layout"] },
  instances: { once: ["GET /process-definition", NAMES, CALLED, "GET /stream"], live: LIST },
  instance: { once: [NAMES, "GET /process-instance/{id}/history", "GET /process-instance/{id}/stream"] },
  tasks: { once: [...TASKS, "GET /stream"], live: [...TASK_LIST, "GET /task/report/candidate-group-count"] },
  task: {
    once: [...TASKS, "GET /stream", NAMES, "GET /task/{id}", "GET /task/{id}/form-variables"],
    live: [...TASK_LIST, "GET /task/{id}", "GET /task/{id}/identity-links", "GET /task/report/candidate-group-count"],
  },
  start: { once: ["GET /process-definition"] },
  "start-form": { once: ["GET /process-definition", NAMES] },
  administration: { once: ACCOUNTS },
  "administration-audit": { once: [...ACCOUNTS, "GET /audit"] },
  designer: {
    once: [
      "GET /draft",
      "GET /process-definition/{id}",
      NAMES,
      "GET /deployment/{id}/resources",
      "GET /deployment/{id}/resources/{id}/data",
      "POST /process-definition/check",
      "POST /process-definition/variables",
    ],
  },
  approvals: { once: [], live: ["GET /approval", "GET /approval/count"] },
  batches: { once: [], live: BATCHES },
  batch: { once: ["GET /batch/{id}/failures", "GET /history/batch/{id}"], live: BATCHES },
  "dead-letter": { once: ["GET /dead-letter/{id}"], live: LETTERS },
  "dead-letters": { once: [], live: LETTERS },
  "first-administrator": { once: [] },
  "unknown-page": { once: [] },
};
/** Asked before something is deployed; 404 is an answer. */
const IS_IT_DEPLOYED = /\/process-definition\/key\/[^/]+$/;
/** Asked for by the frame of every page. */
const FRAME = "GET /me";

/** The longest name of a screen that this one begins with. @param {string} name */
function allowedFor(name) {
  const [found] = Object.keys(ALLOWED)
    .filter((it) => name.startsWith(it))
    .sort((a, b) => b.length - a.length);
  assert.ok(found, `what ${name} may ask for is not listed`);
  return ALLOWED[found] ?? { once: [] };
}

/**
 * Waits until a page has asked for nothing more.
 * @param {TestPage} page before it is opened
 */
function watchQuiet(page) {
  let last = Date.now();
  page.on("request", () => {
    last = Date.now();
  });
  return async function settle() {
    const left = () => last + QUIET_MS - Date.now();
    while (left() > 0) await page.waitForTimeout(left());
  };
}

const THEMES = /** @type {Theme[]} */ (["light", "dark"]);
const wanted = THEMES.filter((it) => process.env.BATON_THEMES?.split(" ").includes(it));
/** Colours are what themes differ in: the next screen shows the same parts in the other one. @param {number} index @returns {Theme[]} */
const chooseThemes = (index) => (wanted.length ? wanted : THEMES.filter((_, it) => it === index % 2));

/** What the ids are is not known before the server is asked; the names of the screens are. */
const UNKNOWN = /** @type {import("./screens.mjs").Places} */ (new Proxy({}, { get: (_, name) => String(name) }));
/** @type {import("./screens.mjs").Screen[]} */
let screens;
/** Of all screens, for its cache. @type {import("playwright-core").BrowserContext} */
let context;
before(async () => {
  screens = listScreens(await preparePlaces());
  const lasting = await openPage({ reducedMotion: "reduce", colorScheme: "light" });
  context = lasting.context();
  await context.addInitScript(() => localStorage.clear());
  // Open to the end, as is the process of all pages.
  await lasting.goto(`${base}/nowhere`);
});

/** @param {TestPage} page @param {Theme[]} themes */
async function lookWithAxe(page, themes) {
  for (const theme of themes) {
    await page.evaluate((it) => {
      document.documentElement.dataset.theme = it;
    }, theme);
    assert.deepEqual(await findings(page), [], theme);
  }
}

/** @param {string} name of a screen @param {Map<string, number>} asked @param {string[]} models addresses that were asked for */
function judgeRequests(name, asked, models) {
  const { once, live = [] } = allowedFor(name);
  const found = [...asked].filter(([request]) => request !== FRAME);
  const unknown = found.filter(([request]) => !once.includes(request) && !live.includes(request));
  assert.deepEqual(unknown, []);
  const repeated = found.filter(
    ([request, count]) => !live.includes(request) && !request.endsWith("/xml") && count > 1,
  );
  assert.deepEqual(repeated, []);
  assert.deepEqual(models, [...new Set(models)], "each model once");
}

for (const [index, { name, answer, act }] of listScreens(UNKNOWN).entries()) {
  const themes = chooseThemes(index);
  test(`${name}: nothing for axe, ${themes.join(" and ")}, no request too many, nothing cut off at 390 px`, async () => {
    const page = await openTab(context);
    const asked = watchRequests(page);
    const settle = watchQuiet(page);
    /** @type {string[]} */
    const models = [];
    page.on("request", (request) => {
      if (request.url().endsWith("/xml")) models.push(request.url());
    });
    /** @type {string[]} */
    const refused = [];
    page.on("response", (response) => {
      const isNo = response.status() === 404 && IS_IT_DEPLOYED.test(response.url());
      if (response.status() >= 400 && !isNo) refused.push(`${response.status()} ${response.url()}`);
    });
    const screen = screens[index];
    assert.ok(screen);
    await openScreen(page, base, screen);
    await lookWithAxe(page, themes);
    assert.deepEqual(page.errors, []);
    if (!answer && !name.endsWith("-missing")) assert.deepEqual(refused, []);
    // What was done to open a dialog, or answered in place of the server, may ask for anything.
    if (!answer && !act) {
      await settle();
      judgeRequests(name, asked, models);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    assert.deepEqual(await findCut(page), [], "cut off at 390 px");
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.close();
  });
}

test(`the names of ${MANY} definitions fetch no XML`, async () => {
  const form = new FormData();
  form.set("deployment-name", "many names");
  for (let number = 0; number < MANY; number += 1) {
    const key = `named-${number}`;
    const xml = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:many"
      xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
      <process id="${key}" name="Named ${number}" isExecutable="true" camunda:historyTimeToLive="P1D">
      <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/></process></definitions>`;
    form.set(`${key}.bpmn`, new Blob([xml]), `${key}.bpmn`);
  }
  const { id } = await rest("/deployment/create", form);
  const page = await openPage();
  const asked = watchRequests(page);
  const settle = watchQuiet(page);
  await page.goto(`${base}/definitions`);
  await page.getByText(`Named ${MANY - 1}`, { exact: true }).waitFor();
  await settle();
  assert.deepEqual(
    [...asked.keys()].filter((it) => it.includes("xml")),
    [],
  );
  await rest(`/deployment/${encodeURIComponent(id)}?cascade=true`, {}, "DELETE");
});
