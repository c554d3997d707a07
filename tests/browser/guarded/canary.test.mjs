// A sensitive value through the elements of BPMN: who may not see it finds it on no screen, in no answer, in no storage.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { before, test } from "node:test";
import { base, useBrowser } from "../support.mjs";
import { fill, makeFirstAdministrator, PASSWORD, post } from "./people.mjs";

const openPage = useBrowser();
const CANARY = "canary-4929-1234";
/** The server was started with this name as a sensitive one. */
const BROUGHT = { canaryCard: { value: CANARY } };
const EXAMPLES = new URL("../../../docs/reference/bpmn/examples/", import.meta.url);
/** An element of each kind, whose id is its kind, and which fails with a text that says what the value was. */
const FAILING = new URL("../../web/canary.bpmn", import.meta.url);
const ELEMENTS = new URL("../../../engine/baton/model/elements.py", import.meta.url);
/** Work behind work. */
const ROUNDS = 3;
/** Instances whose pages are opened. */
const MOST = 6;
/** @type {string} */
let cookie;
/** @type {string[]} */
let instances;

/** @param {string} path @returns {Promise<any>} */
const read = async (path) => (await fetch(`${base}/engine-rest${path}`, { headers: { cookie } })).json();

/** Not every example takes all that is sent; what matters is where the value is afterwards. @param {string} path @param {unknown} body */
async function attempt(path, body) {
  const headers = { "Content-Type": "application/json", cookie };
  const answer = await fetch(`${base}/engine-rest${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return answer.ok ? answer.json().catch(() => null) : null;
}

async function deployAll() {
  const files = readdirSync(EXAMPLES);
  for (const name of files.filter((it) => it.endsWith(".bpmn"))) {
    const together = files.filter((it) => it.split(".")[0] === name.split(".")[0]);
    await deployAndStart(
      name,
      together.map((it) => new URL(it, EXAMPLES)),
    );
  }
  await deployAndStart("failing", [FAILING]);
}

/** @param {string} name @param {URL[]} files */
async function deployAndStart(name, files) {
  const form = new FormData();
  for (const file of files) {
    const named = file.pathname.split("/").at(-1) ?? "";
    form.set(named, new Blob([readFileSync(file)]), named);
  }
  const init = { method: "POST", headers: { cookie }, body: form };
  const deployed = await (await fetch(`${base}/engine-rest/deployment/create`, init)).json();
  for (const id of Object.keys(deployed.deployedProcessDefinitions ?? {}))
    await attempt(`/process-definition/${id}/start`, { variables: BROUGHT, businessKey: `canary-${name}` });
}

/** @param {boolean} failing */
async function doWork(failing) {
  for (const { eventType, eventName } of await read("/event-subscription")) {
    if (eventType === "message")
      await attempt("/message", { messageName: eventName, processVariables: BROUGHT, all: true });
    if (eventType === "signal") await attempt("/signal", { name: eventName, variables: BROUGHT });
  }
  const topics = new Set((await read("/external-task")).map((/** @type {any} */ it) => it.topicName));
  const wanted = [...topics].map((topicName) => ({ topicName, lockDuration: 60_000 }));
  for (const { id } of (await attempt("/external-task/fetchAndLock", {
    workerId: "w",
    maxTasks: 100,
    topics: wanted,
  })) ?? [])
    await attempt(
      `/external-task/${id}/${failing ? "failure" : "complete"}`,
      failing
        ? { workerId: "w", variables: BROUGHT, errorMessage: CANARY, errorDetails: CANARY, retries: 0 }
        : { workerId: "w", variables: BROUGHT },
    );
  if (!failing)
    for (const { id } of (await read("/task")).slice(1)) await attempt(`/task/${id}/complete`, { variables: BROUGHT });
  for (const { id } of await read("/job")) await attempt(`/job/${id}/execute`, {});
}

/** The one that has failed at each kind of element, those that have undone, ended, or wait, and others. */
async function choose() {
  /** @type {any[]} */
  const all = await read("/process-instance/overview");
  const ours = all.filter((it) => it.businessKey?.startsWith("canary-"));
  const kindOf = (/** @type {any} */ it) => [it.state, it.incidents > 0, it.undone, it.waiting].join();
  const first = ours.filter((it, at) => ours.findIndex((other) => kindOf(other) === kindOf(it)) === at);
  const failing = ours.filter((it) => it.businessKey === "canary-failing");
  return [...new Set([...failing, ...first, ...ours])].slice(0, MOST).map((it) => it.id);
}

before(async () => {
  await makeFirstAdministrator();
  ({ cookie } = await post("/sign-in", { id: "boss", password: PASSWORD }));
  const looker = { profile: { id: "looker" }, credentials: { password: PASSWORD }, roles: ["viewer"] };
  await post("/user/create", looker, cookie);
  await deployAll();
  for (let round = 0; round < ROUNDS; round += 1) await doWork(round === ROUNDS - 1);
  instances = await choose();
});

/**
 * All that the page has got and shows: the document with the values of its fields, answers, streams, what is stored.
 * @param {TestPage} page
 */
async function watch(page) {
  /** @type {Map<string, string>} */
  const seen = new Map();
  /** @param {string} where @param {string} text */
  const note = (where, text) => void (text.includes(CANARY) && seen.set(where, text));
  page.on("response", (response) => {
    if (response.headers()["content-type"]?.startsWith("text/event-stream")) return;
    void response.text().then(
      (text) => note(response.url(), text),
      () => undefined,
    );
  });
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  session.on("Network.eventSourceMessageReceived", ({ data }) => note("a stream", data));
  return {
    seen,
    look: async () =>
      note(
        page.url(),
        await page.evaluate(() => {
          const fields = [...document.querySelectorAll("input, textarea")].map(
            (it) => /** @type {HTMLInputElement} */ (it).value,
          );
          const kept = [...Object.values({ ...localStorage }), ...Object.values({ ...sessionStorage })];
          return [document.documentElement.outerHTML, ...fields, ...kept, document.cookie].join("\n");
        }),
      ),
  };
}

/** @param {TestPage} page */
const rest = (page) =>
  page.waitForFunction(
    () =>
      !document.querySelector(".loading") && document.querySelector("main .bar, main h1, main table, main .content"),
  );

/** Opens all that leads to a value. @param {string} name @param {string[]} [ids] of instances */
async function lookAround(name, ids = instances) {
  const page = await openPage();
  await page.goto(base);
  await fill(page, name, PASSWORD);
  await page.getByRole("button", { name: `Sign out ${name}` }).waitFor();
  const { seen, look } = await watch(page);
  /** @param {string} path */
  const open = async (path) => {
    await page.goto(base + path);
    await rest(page);
    await look();
  };
  for (const path of ["/", "/definitions", "/instances?state=all", "/tasks", "/designer", "/batches", "/dead-letters"])
    await open(path);
  for (const { id } of (await read("/task")).slice(0, 1)) await open(`/tasks/${id}`);
  for (const id of ids) {
    await open(`/instances/${id}`);
    for (const tab of ["Variables", /^Ledger/, /^Incidents/]) {
      await page.getByRole("tab", { name: tab }).click();
      await rest(page);
      await look();
    }
    await open(`/instances/${id}?at=2`);
    const { definitionId } = await read(`/process-instance/${id}`);
    if (definitionId) await open(`/definitions/${encodeURIComponent(definitionId)}`);
  }
  assert.deepEqual(page.errors, []);
  return seen;
}

test("tokens with the value came to an element of each kind, and it failed there", async () => {
  const table = /class NodeKind.*?\n\n\nclass/s.exec(readFileSync(ELEMENTS, "utf8"))?.[0] ?? "";
  const kinds = [...table.matchAll(/ = "(\w+)"/g)].map((it) => it[1]).sort();
  const query = `processInstanceId=${instances[0]}`;
  const entered = new Set(
    (await read(`/history/activity-instance?${query}`)).map((/** @type {any} */ it) => it.activityType),
  );
  const failed = new Set((await read(`/incident?${query}`)).map((/** @type {any} */ it) => it.activityId));
  assert.ok(kinds.length > 20);
  assert.deepEqual([kinds.filter((it) => !entered.has(it)), kinds.filter((it) => !failed.has(it))], [[], []]);
});

test("who may not see sensitive values finds them on no screen, in no answer, in no storage", async () => {
  assert.equal(instances.length, MOST);
  assert.deepEqual([...(await lookAround("looker")).keys()], []);
});

test("who may see them does: the value has been there", async () => {
  const found = [...(await lookAround("boss", instances.slice(0, 1))).keys()];
  assert.ok(
    found.some((it) => it.includes("/engine-rest/")) && found.some((it) => !it.includes("/engine-rest/")),
    String(found),
  );
});
