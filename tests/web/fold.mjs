/** Folds histories with the designer's code: reads {module, histories}, writes what the view holds after each event. */

import { readFileSync } from "node:fs";

const { module, histories } = JSON.parse(readFileSync(0, "utf8"));
const { apply, fold, statedOf } = await import(module);

function summarize(view) {
  const counts = {};
  const flows = {};
  for (const process of view.processes.values()) {
    const prefix = process.token === 0 ? "" : `${process.definition}/`;
    for (const [id, mark] of process.elements) {
      const sum = counts[prefix + id] ?? [0, 0, 0];
      counts[prefix + id] = [sum[0] + mark.entered, sum[1] + mark.completed, sum[2] + mark.cancelled];
    }
    for (const [id, count] of process.flows) flows[prefix + id] = (flows[prefix + id] ?? 0) + count;
  }
  return {
    position: view.position,
    state: view.state,
    tokens: [...view.tokens.values()].map((it) => [it.number, it.element, it.parent]),
    counts,
    flows,
    variables: Object.fromEntries(view.variables),
    incidents: [...view.incidents.keys()],
    runtime: {
      tokens: [...view.tokens.values()].map((it) => [it.number, it.element, it.parent, it.undoes, it.body]),
      ledger: Object.fromEntries([...view.ledger].map(([seq, it]) => [seq, [it.element, it.state]])),
      stated: statedOf(view),
    },
  };
}

const answers = histories.map((events) => {
  let view = fold([]);
  return events.map((event) => {
    view = apply(view, [event]).view;
    return summarize(view);
  });
});
process.stdout.write(JSON.stringify(answers));
