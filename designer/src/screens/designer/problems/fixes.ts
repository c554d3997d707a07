/** Repairs where it is clear what to do: each is one command, which one Undo takes back. */

import type EventBus from "diagram-js/lib/core/EventBus";
import type { Problem } from "~/api/types";
import { keyFromName } from "../blank";
import type { Modeler } from "../modeler";
import { type FileShape, OPEN_FILE, type Wanted } from "../panel/fileEntries";
import { all, asOneCommand, flowsOf, get, type Modeling, type Shape } from "./shapes";

export interface Fix {
  label: string;
  run: () => void;
  /** What it changes lies beside the diagram, where Undo does not reach. */
  beside?: boolean;
}

interface Context {
  modeler: Modeler;
  modeling: Modeling;
  shape: Shape;
  problem: Problem;
}

type Propose = (context: Context) => Fix | null;

const APART = 90;

const create = (modeler: Modeler, attributes: Record<string, unknown>) =>
  modeler.get<{ createShape(attributes: Record<string, unknown>): Shape }>("elementFactory").createShape(attributes);

const replace = (modeler: Modeler, shape: Shape, type: string) =>
  modeler
    .get<{ replaceElement(shape: Shape, target: { type: string }): Shape }>("bpmnReplace")
    .replaceElement(shape, { type });

const middle = (shape: Shape) => ({ x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 });

function topicOf(shape: Shape, prefix = ""): string {
  return prefix + keyFromName(shape.businessObject.name || shape.id).replace(/^process-/, "");
}

const setTopic = ({ modeling, shape }: Context, topic: string) =>
  modeling.updateProperties(shape, { "camunda:type": "external", "camunda:topic": topic });

const giveTopic: Propose = (context) => {
  if (!/(Service|Send|BusinessRule)Task$/.test(context.shape.type)) return null;
  const topic = topicOf(context.shape);
  return { label: `Give it the topic ${topic}`, run: () => setTopic(context, topic) };
};

const makeDefault: Propose = ({ modeling, shape }) => {
  const { source } = shape;
  if (!source || source.businessObject.get("default")) return null;
  return {
    label: "Make it the default flow",
    run: () => modeling.updateProperties(source, { default: shape.businessObject }),
  };
};

const dropCondition: Propose = ({ modeling, shape }) =>
  shape.businessObject.get("conditionExpression")
    ? { label: "Remove the condition", run: () => modeling.updateProperties(shape, { conditionExpression: undefined }) }
    : null;

const connects = (shape: Shape) => !shape.waypoints && /Task|Event|Gateway|SubProcess|CallActivity/.test(shape.type);

/** What nothing leads to, beside starts and what an event starts. */
const isLoose = (shape: Shape) =>
  connects(shape) &&
  !/StartEvent|BoundaryEvent/.test(shape.type) &&
  flowsOf(shape.incoming).length === 0 &&
  shape.businessObject.get("isForCompensation") !== true &&
  shape.businessObject.get("triggeredByEvent") !== true;

const isDeadEnd = (shape: Shape) =>
  connects(shape) &&
  !/EndEvent/.test(shape.type) &&
  flowsOf(shape.outgoing).length === 0 &&
  !shape.businessObject.get("isForCompensation") &&
  !shape.businessObject.eventDefinitions?.some((it) => /Compensate|Link/.test(it.$type));

/** The one end event that nothing leads to is meant; without any a new one is. */
const leadToEnd: Propose = ({ modeler, modeling, shape }) => {
  const ends = all(modeler).filter((it) => it.type === "bpmn:EndEvent" && isLoose(it) && it.parent === shape.parent);
  const [end] = ends;
  if (end && ends.length === 1)
    return { label: "Connect it with the end event", run: () => modeling.connect(shape, end) };
  return {
    label: "Add an end event",
    run: () => {
      const place = { x: shape.x + shape.width + APART, y: middle(shape).y };
      if (!shape.parent) return;
      const made = modeling.createShape(create(modeler, { type: "bpmn:EndEvent" }), place, shape.parent);
      modeling.connect(shape, made);
    },
  };
};

/** Only where one path alone leads nowhere is it clear what should lead here. */
const connectLoose: Propose = ({ modeler, modeling, shape }) => {
  const dead = all(modeler).filter((it) => it !== shape && it.parent === shape.parent && isDeadEnd(it));
  const [from] = dead;
  if (!from || dead.length !== 1 || !isLoose(shape)) return null;
  return {
    label: `Connect ${from.businessObject.name || "the loose end"} with it`,
    run: () => modeling.connect(from, shape),
  };
};

const addEnds: Propose = (context) => {
  const { modeler, modeling, shape, problem } = context;
  if (problem.message.includes("an end event")) {
    const dead = all(modeler).filter(
      (it) => it.parent === shape.parent && isDeadEnd(it) && !it.attachers?.includes(shape),
    );
    const [last] = dead;
    return last && dead.length === 1 ? leadToEnd({ ...context, shape: last }) : null;
  }
  const firsts = all(modeler).filter(
    (it) => it.parent === shape.parent && isLoose(it) && flowsOf(it.outgoing).length > 0,
  );
  const [first] = firsts;
  if (!first || firsts.length !== 1) return null;
  return {
    label: "Add a start event",
    run: () => {
      const place = { x: first.x - APART, y: middle(first).y };
      if (!first.parent) return;
      modeling.connect(modeling.createShape(create(modeler, { type: "bpmn:StartEvent" }), place, first.parent), first);
    },
  };
};

/** A free place for a handler, as far from the boundary event as the event is from its activity's middle. */
function addHandler({ modeler, modeling }: Context, boundary: Shape, of: Shape): void {
  if (!of.parent) return;
  const above = middle(boundary).y < middle(of).y;
  const place = { x: middle(boundary).x + 10, y: above ? of.y - 110 : of.y + of.height + 110 };
  const handler = modeling.createShape(
    create(modeler, { type: "bpmn:ServiceTask", isForCompensation: true }),
    place,
    of.parent,
  );
  modeling.updateProperties(handler, {
    name: `Undo ${(of.businessObject.name || "it").replace(/^[A-Z](?![A-Z])/, (it) => it.toLowerCase())}`,
    isForCompensation: true,
    "camunda:type": "external",
    "camunda:topic": topicOf(of, "undo-"),
  });
  modeling.connect(boundary, handler, { type: "bpmn:Association", associationDirection: "One" });
}

const giveHandler: Propose = (context) => {
  const { shape, problem } = context;
  const { host } = shape;
  if (problem.message.includes("isForCompensation"))
    return {
      label: "Make it a handler",
      run: () => context.modeling.updateProperties(shape, { isForCompensation: true }),
    };
  if (!host || !problem.message.includes("none")) return null;
  const loose = looseHandlers(context.modeler, shape.parent);
  if (loose.length === 1 && loose[0]) return tie(context, shape, loose[0]);
  return { label: "Add a handler", run: () => addHandler(context, shape, host) };
};

const looseHandlers = (modeler: Modeler, parent: Shape | null) =>
  all(modeler).filter(
    (it) =>
      it.parent === parent &&
      it.businessObject.get("isForCompensation") === true &&
      !it.incoming.some((one) => one.type === "bpmn:Association"),
  );

const isCompensation = (shape: Shape) =>
  shape.type === "bpmn:BoundaryEvent" &&
  shape.businessObject.eventDefinitions?.some((it) => it.$type === "bpmn:CompensateEventDefinition") === true;

const tie = ({ modeling }: Context, boundary: Shape, handler: Shape): Fix => ({
  label: `Tie it to ${(boundary.host?.businessObject.name || "its activity").replace(/\s+/g, " ")}`,
  run: () => modeling.connect(boundary, handler, { type: "bpmn:Association", associationDirection: "One" }),
});

const tieHandler: Propose = (context) => {
  const open = all(context.modeler).filter(
    (it) => isCompensation(it) && !it.outgoing.some((one) => one.type === "bpmn:Association"),
  );
  return open.length === 1 && open[0] ? tie(context, open[0], context.shape) : null;
};

const makeUndoable: Propose = (context) => {
  const { modeler, modeling, shape } = context;
  return {
    label: "Add a handler that undoes it",
    run: () => {
      const place = { x: shape.x + shape.width / 2, y: shape.y };
      const event = create(modeler, {
        type: "bpmn:BoundaryEvent",
        eventDefinitionType: "bpmn:CompensateEventDefinition",
      });
      addHandler(context, modeling.createShape(event, place, shape, { attach: true }), shape);
    },
  };
};

/** Going back over nodes with one way in, the gateway that splits; null when there are several ways to have come. */
function splitBefore(flow: Shape): Shape | null {
  const seen = new Set<string>();
  let at = flow.source;
  while (at && !seen.has(at.id)) {
    seen.add(at.id);
    if (/Gateway$/.test(at.type) && flowsOf(at.outgoing).length > 1) return at;
    const incoming: Shape[] = flowsOf(at.incoming);
    if (incoming.length !== 1) return null;
    at = incoming[0]?.source;
  }
  return null;
}

/** The one gateway from which all branches into the node come, if there is one. */
function commonSplit(shape: Shape): Shape | null {
  const splits = new Set(flowsOf(shape.incoming).map(splitBefore));
  const [only] = splits;
  return splits.size === 1 && only ? only : null;
}

const joinBranches: Propose = ({ modeler, modeling, shape }) => {
  const split = commonSplit(shape);
  if (!split || !/(Parallel|Inclusive)Gateway$/.test(split.type)) return null;
  if (/Gateway$/.test(shape.type))
    return { label: "Let it wait for all branches", run: () => replace(modeler, shape, split.type) };
  return {
    label: "Add the missing join",
    run: () => {
      if (!shape.parent) return;
      const place = { x: shape.x - 25, y: middle(shape).y };
      // Room for the gateway: what follows moves on.
      modeling.moveElements(following(shape), { x: APART, y: 0 });
      const incoming = flowsOf(shape.incoming);
      const join = modeling.createShape(
        create(modeler, { type: split.type }),
        { x: place.x + 30, y: place.y },
        shape.parent,
      );
      for (const flow of incoming) modeling.reconnectEnd(flow, join, middle(join));
      modeling.connect(join, shape);
    },
  };
};

/** The node and all that lies to the right of its left edge, in its scope. */
const following = (shape: Shape): Shape[] => {
  const found = new Set<Shape>();
  const pending = [shape];
  for (let at = pending.pop(); at; at = pending.pop()) {
    if (found.has(at) || at.x < shape.x) continue;
    found.add(at);
    pending.push(...flowsOf(at.outgoing).flatMap((it) => (it.target ? [it.target] : [])));
    for (const event of at.attachers ?? [])
      pending.push(...event.outgoing.flatMap((it) => (it.target ? [it.target] : [])));
  }
  return [...found].filter((it) => it.type !== "bpmn:BoundaryEvent");
};

const waitForOne: Propose = ({ modeler, shape }) => {
  const split = commonSplit(shape);
  if (!split || !/ParallelGateway$/.test(shape.type) || !/(Exclusive|EventBased)Gateway$/.test(split.type)) return null;
  return { label: "Let it wait for one branch", run: () => replace(modeler, shape, "bpmn:ExclusiveGateway") };
};

/** A message or signal called after the event that waits for it. */
const nameEvent: Propose = ({ modeler, modeling, shape, problem }) => {
  const kind = /message/.test(problem.message) ? "message" : /signal/.test(problem.message) ? "signal" : null;
  const name = shape.businessObject.name?.replace(/\s+/g, " ");
  const definition = shape.businessObject.eventDefinitions?.[0];
  if (!kind || !name || !definition) return null;
  return {
    label: `Give it the ${kind} “${name}”`,
    run: () => {
      const root = modeler.getDefinitions() as unknown as { get(name: string): unknown[] } & Record<string, unknown>;
      const type = kind === "message" ? "bpmn:Message" : "bpmn:Signal";
      const made = modeler
        .get<{ create(type: string, attributes: object): { $parent?: unknown } }>("bpmnFactory")
        .create(type, { name });
      made.$parent = root;
      modeling.updateModdleProperties(shape, root, { rootElements: [...root.get("rootElements"), made] });
      modeling.updateModdleProperties(shape, definition, { [`${kind}Ref`]: made });
    },
  };
};

const removeIdle: Propose = ({ modeling, shape, problem }) =>
  problem.message.includes("split or join")
    ? { label: "Remove it", run: () => modeling.removeElements([shape]) }
    : null;

/** A form of the name that is missing, drawn right away. */
const drawForm: Propose = ({ modeler, shape, problem }) => {
  const reference = /the form '([^']+)'/.exec(problem.message)?.[1];
  if (!reference) return null;
  const wanted: Wanted = { kind: "form", reference, element: shape as unknown as FileShape };
  const run = () => modeler.get<EventBus>("eventBus").fire(OPEN_FILE, wanted);
  return { label: `Draw the form ${reference}`, run, beside: true };
};

const PROPOSALS: Record<string, Propose> = {
  "external-topic": giveTopic,
  "nothing-to-do": giveTopic,
  "java-code": giveTopic,
  "choice-without-condition": makeDefault,
  "lonely-condition": dropCondition,
  "condition-placement": dropCondition,
  "default-flow": dropCondition,
  "dead-end": leadToEnd,
  "unreachable-node": connectLoose,
  "intermediate-flows": connectLoose,
  "end-without-start": addEnds,
  "compensation-handler": giveHandler,
  "untied-handler": tieHandler,
  "missing-undo": makeUndoable,
  "soundness-synchronisation": joinBranches,
  "soundness-completion": joinBranches,
  "soundness-deadlock": waitForOne,
  "incomplete-event": nameEvent,
  "gateway-without-flows": removeIdle,
  "not-deployed": drawForm,
  "not-in-deployment": drawForm,
};

/** The repair of a problem, if it is clear what it is. */
export function proposeFix(modeler: Modeler, problem: Problem): Fix | null {
  const shape = problem.element ? get(modeler, problem.element) : undefined;
  const propose = PROPOSALS[problem.rule];
  if (!shape?.parent || !propose) return null;
  const fix = propose({ modeler, modeling: modeler.get<Modeling>("modeling"), shape, problem });
  return fix && (fix.beside ? fix : { label: fix.label, run: () => asOneCommand(modeler, fix.run) });
}
