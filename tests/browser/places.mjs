// Instances in every state, open tasks, people and drafts: what there is to be seen. Answers the ids, as they occur in an address.
import { readdirSync, readFileSync } from "node:fs";
import { deploy, deployModels, readModel } from "./deployments.mjs";
import { observeParcels } from "./parcels.mjs";
import { rest, samples, until } from "./support.mjs";

const docs = new URL("../../docs/", import.meta.url);

/** @param {URL} folder @param {string} prefix @param {string} key of the process */
async function startEach(folder, prefix, key) {
  for (const name of readdirSync(folder).sort())
    await start(key, read(name, folder), prefix + name.replace(".json", ""));
}

/** @param {string} name @param {URL} folder */
const read = (name, folder) => JSON.parse(readFileSync(new URL(name, folder), "utf8"));

/** @param {string} key @param {Record<string, unknown>} values @param {string} businessKey @returns {Promise<string>} */
async function start(key, values, businessKey) {
  const variables = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
  return (await rest(`/process-definition/key/${key}/start`, { businessKey, variables })).id;
}

/** Waits until the API lists something, and answers the first of it. @param {string} path */
async function firstOf(path) {
  /** @type {{ id: string, topicName: string }[]} */
  let found = [];
  await until(async () => {
    found = await rest(path);
    return found.length > 0;
  });
  const [first] = found;
  if (!first) throw new Error(`${path} lists nothing`);
  return first;
}

/** Somebody in a group, and a program; unless they are there already. */
async function letIn() {
  if ((await rest("/user?id=anna")).length) return;
  await rest("/group/create", { id: "night-shift", name: "Night shift", roles: ["operator"] });
  const profile = { id: "anna", firstName: "Anna", lastName: "Smith", email: "anna@example.com" };
  await rest("/user/create", { profile, roles: ["modeler"] });
  await rest("/group/night-shift/members/anna", {}, "PUT");
  await rest("/api-key/create", { name: "payments", roles: ["worker"], topics: ["charge", "refund"] });
}

/** A draft whose tasks have no topics, with a form beside it. */
async function drawFaulty() {
  const text = readFileSync(new URL("tutorial/order.bpmn", docs), "utf8");
  const bpmn = text.replace(/ camunda:(type|topic)="[^"]*"/g, "");
  const form = readModel("ui-request-form.form");
  return (await rest("/draft", { name: "Order", bpmn, files: [{ name: "order.form", content: form }] })).id;
}

/** The version of the definition that an instance runs by. Every deployment makes another: the first may be of other scenarios. @param {string} id */
async function versionOf(id) {
  const { definitionId } = await rest(`/process-instance/${id}`);
  return (await rest(`/process-definition/${definitionId}`)).version;
}

/** An instance whose task has no retries left. */
async function fail() {
  await deployModels("ui-incident.bpmn");
  const id = await start("ui-incident", {}, "order-that-failed");
  const task = await firstOf(`/external-task?processInstanceId=${id}`);
  // This one: instances of other scenarios may wait for the same topic.
  await rest(`/external-task/${task.id}/lock`, { workerId: "w", lockDuration: 60_000 });
  const errorMessage = "The bank answered 502";
  await rest(`/external-task/${task.id}/failure`, { workerId: "w", errorMessage, retries: 0, retryTimeout: 0 });
  return id;
}

/** Another version of the process whose instance has failed, in which a later step is another. */
async function deployNext() {
  await deploy({ "ui-incident.bpmn": readModel("ui-incident.bpmn").replaceAll("Calc", "Total") });
}

/** Events of another system that fit nothing. */
async function tellInVain() {
  const event = { specversion: "1.0", source: "/shop", type: "order.forgotten", batonelement: "Ship" };
  for (const id of ["1", "2"]) await rest("/event", { ...event, id, data: { order: `order-${id}`, parcels: 2 } });
  return (await rest("/event", { ...event, id: "3", data: { order: "order-3" } })).deadLetter;
}

/** A batch with something in it that could not be done: an instance that has ended. @param {string} running @param {string} ended */
async function failInPart(running, ended) {
  const body = { suspended: false, processInstanceIds: [running, ended] };
  const { id } = await rest("/process-instance/suspended-async", body);
  await until(async () => (await rest(`/batch/${id}/failures`)).length > 0);
  return id;
}

/** @returns {Promise<import("./screens.mjs").Places>} */
export async function preparePlaces() {
  const orders = new URL("order-fulfilment/orders/", samples);
  await startEach(orders, "order-", "order-fulfilment");
  await startEach(new URL("sysops-ticket/tickets/", samples), "ticket-", "sysops-ticket");
  await letIn();
  const undone = await start("order-fulfilment", read("payment-rejected.json", orders), "order-looked-at");
  await until(async () => (await rest(`/history/process-instance/${undone}`)).state !== "ACTIVE");
  const waiting = await start("order-fulfilment", read("backorder.json", orders), "order-that-waits");
  await firstOf(`/event-subscription?processInstanceId=${waiting}`);
  const incident = await fail();
  const found = {
    unused: (await rest("/process-definition/key/course-purchase")).id,
    choosing: (await rest("/process-definition/key/loan-application")).id,
    faulty: await drawFaulty(),
    definition: (await rest("/process-definition/key/order-fulfilment")).id,
    waiting,
    undone,
    task: (await firstOf("/task?processDefinitionKey=sysops-ticket")).id,
    incident,
    failing: await versionOf(incident),
    letter: await tellInVain(),
    batch: await failInPart(waiting, undone),
    observed: await observeParcels(),
  };
  await deployNext();
  await rest(`/task/${found.task}/comment/create`, { message: "The disk was replaced this morning." });
  const ids = Object.entries(found).map(([name, id]) => [name, encodeURIComponent(id)]);
  return /** @type {import("./screens.mjs").Places} */ (Object.fromEntries(ids));
}
