import { deploy, readModel } from "./deployments.mjs";
import { rest, until } from "./support.mjs";

const PARCEL = "ui-observed";
/** What an event tells of a parcel: its type is made of the step and of what became of it. */
const STEPS = ["Collect", "Carry", "Deliver"];

/**
 * Deploys the observed process, and tells it of parcels on their way: one is late, of one nobody has said that it was
 * collected and carried, one could not be delivered, and one is there.
 * @returns {Promise<string>} the id of the definition
 */
export async function observeParcels() {
  const events = [
    { type: "parcel.sent", observe: PARCEL, businessKey: "=subject" },
    ...STEPS.flatMap((element) =>
      ["completed", "failed"].map((happened) => ({
        type: `parcel.${element}.${happened}`,
        observe: PARCEL,
        businessKey: "=subject",
        element,
        happened,
      })),
    ),
  ];
  const [id = ""] = await deploy({
    [`${PARCEL}.bpmn`]: readModel(`${PARCEL}.bpmn`),
    [`${PARCEL}.events.json`]: JSON.stringify({ version: 1, events }),
  });
  const run = Date.now().toString(36);
  const told = {
    late: ["Collect.completed"],
    missing: ["Deliver.completed"],
    failing: ["Collect.completed", "Carry.completed", "Deliver.failed"],
    there: ["Collect.completed", "Carry.completed", "Deliver.completed"],
  };
  for (const [name, steps] of Object.entries(told))
    for (const type of ["sent", ...steps])
      await rest("/event", {
        specversion: "1.0",
        id: `${name}-${type}-${run}`,
        source: "/parcels",
        type: `parcel.${type}`,
        subject: `${name}-${run}`,
      });
  const kinds = ["overdueStep", "missingStep", "failedStep"];
  await until(async () => {
    const found = await rest(`/incident?processDefinitionId=${encodeURIComponent(id)}`);
    return kinds.every((kind) => found.some((/** @type {any} */ it) => it.incidentType === kind));
  });
  return id;
}
