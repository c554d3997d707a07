// camunda-external-task-client-js, unmodified, as the workers of order-fulfilment: node worker.mjs URL NAME PASSWORD
import { BasicAuthInterceptor, Client, Variables } from "camunda-external-task-client-js";

const client = new Client({
  baseUrl: process.argv[2] ?? "",
  interceptors: new BasicAuthInterceptor({ username: process.argv[3] ?? "", password: process.argv[4] ?? "" }),
  workerId: "js",
  asyncResponseTimeout: 5000,
  maxTasks: 5,
  interval: 20,
});
const calls = new Map();
/** @param {string} text */
const say = (text) => console.log(text);

/**
 * @param {string} name of the variable to set
 * @returns {import("camunda-external-task-client-js").Handler}
 */
const complete =
  (name) =>
  async ({ task, taskService }) => {
    const variables = new Variables();
    variables.set(name, `${name}-${task.id}`);
    await taskService.complete(task, variables);
  };

client.subscribe("reserve-inventory", { lockDuration: 10000 }, async ({ task, taskService }) => {
  await taskService.extendLock(task, 20000);
  say("extended");
  await complete("reservation")({ task, taskService });
});
client.subscribe("charge-payment", async ({ task, taskService }) => {
  const variables = new Variables();
  if (String(task.variables.get("card")).endsWith("0002")) {
    variables.set("rejection", "card declined");
    await taskService.handleBpmnError(task, "payment-rejected", "The bank rejected the card", variables);
    return;
  }
  variables.set("charged", task.variables.get("amount"));
  variables.set("receipt", { lines: [1, 2], paid: true });
  await taskService.complete(task, variables);
});
client.subscribe("create-shipment", async ({ task, taskService }) => {
  const variables = new Variables();
  if (task.variables.get("item") === "grand-piano" && !task.variables.get("stockArrived")) {
    variables.set("patience", task.variables.get("patience"));
    await taskService.handleBpmnError(task, "out-of-stock", "none left", variables);
    return;
  }
  const tries = (calls.get(task.id) ?? 0) + 1;
  calls.set(task.id, tries);
  if (task.variables.get("carrier") === "flaky-freight" && tries <= 2) {
    await taskService.handleFailure(task, {
      errorMessage: "no answer",
      errorDetails: "carrier",
      retries: 3 - tries,
      retryTimeout: 50,
    });
    say("failed");
    return;
  }
  await complete("shipment")({ task, taskService });
});
for (const topic of ["release-inventory", "refund-payment", "cancel-shipment", "send-confirmation", "notify-customer"])
  client.subscribe(topic, complete(topic.replace("-", "_")));
say("ready");
