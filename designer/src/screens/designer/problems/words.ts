/** Problems as a person would say them: the element by its name, one sentence. Pure. */

import type { Problem } from "~/api/types";

export interface Named {
  /** What people call an element, such as “Charge payment” or “the exclusive gateway”. */
  name: (id: string) => string;
  /** Its BPMN type without the prefix, such as ServiceTask; empty when it is not drawn. */
  type: (id: string) => string;
}

type Say = (who: string, problem: Problem, named: Named) => string;

const NOTHING: Record<string, string> = {
  ServiceTask: "does not say who does the work: give it a topic for workers.",
  SendTask: "does not say what it sends: give it a message, or a topic for workers.",
  BusinessRuleTask: "does not say which decision it asks.",
  ScriptTask: "has no script.",
};

const INCOMPLETE: [RegExp, string][] = [
  [/timer/, "does not say when: give it a date, a duration or a cycle."],
  [/message/, "does not say which message."],
  [/signal/, "does not say which signal."],
  [/error/, "does not say which error."],
  [/escalation/, "does not say which escalation."],
  [/condition/, "has no condition."],
];

/** What the engine found, behind its last colon: a mistake with its place. */
const detail = (message: string) => /: ([^:]+)$/.exec(message)?.[1] ?? message;

/** What is named and is not there: its kind and its name. */
const missing = (message: string) => /the (process|decision|form) '([^']*)'/.exec(message)?.slice(1) ?? ["file", ""];

const NAMES: Record<string, string> = {
  process: "calls the process",
  decision: "asks the decision",
  form: "shows the form",
};

const SENTENCES: Record<string, Say> = {
  "external-topic": (who) => `${who} has no topic, so no worker can be given its work.`,
  "nothing-to-do": (who, { element }, { type }) =>
    `${who} ${NOTHING[type(element ?? "")] ?? "does not say what it does."}`,
  "choice-without-condition": (who) =>
    `${who} has no condition and is not the default, so nobody knows when to take it.`,
  "lonely-condition": (who) => `${who} is the only way on and has a condition: if it is false, nothing goes on.`,
  "condition-placement": (who) => `${who} has a condition where nothing is chosen, so it has no effect.`,
  "default-flow": (who, { message }) =>
    message.includes("no condition")
      ? `${who} is the default flow and has a condition as well, which is never looked at.`
      : `${who} names a default flow that does not leave it.`,
  "dead-end": (who) => `${who} leads nowhere: its path stops here without an end event.`,
  "unreachable-node": (who) => `Nothing leads to ${who}, so it would never run.`,
  "end-without-start": (who, { message }) =>
    message.includes("an end event") ? `After ${who} there is no end event.` : `Before ${who} there is no start event.`,
  "gateway-without-flows": (who, { message }) =>
    message.includes("split or join")
      ? `${who} has one way in and one way out: it does nothing.`
      : `${who} has no flows to choose from.`,
  "compensation-handler": (who, { message }) =>
    message.includes("from") && message.includes("none")
      ? `${who} has no handler: nothing would be undone.`
      : `${who} is not right for undoing: ${detail(message)}.`,
  "untied-handler": (who) => `Nothing starts ${who}: it is not tied to what it undoes.`,
  "missing-undo": (who) => `${who} cannot be undone, but a later step can fail.`,
  "incomplete-event": (who, { message }) =>
    `${who} ${INCOMPLETE.find(([it]) => it.test(message))?.[1] ?? "does not say what it waits for."}`,
  "called-process": (who, { message }) =>
    message.includes("calledElement") ? `${who} does not say which process it calls.` : message,
  "not-deployed": (who, { message }) => {
    const [kind = "", key = ""] = missing(message);
    const where =
      kind === "process" ? "which is not deployed" : "which neither lies beside the diagram nor is deployed";
    return `${who} ${NAMES[kind] ?? "names"} “${key}”, ${where}.`;
  },
  "not-in-deployment": (who, { message }) => {
    const [kind = "", key = ""] = missing(message);
    return `${who} ${NAMES[kind] ?? "names"} “${key}” of its own deployment, but it does not lie beside the diagram.`;
  },
  "soundness-deadlock": (who) => `A run can get stuck at ${who}: it waits for a token that never comes.`,
  "soundness-synchronisation": (who) =>
    `Two tokens can come to ${who}, one after the other: the branches are not joined before it.`,
  "soundness-completion": (who) => `More than one token can reach ${who} in one run.`,
  "soundness-dead-part": (who) => `No run ever reaches ${who}.`,
  "unnamed-message": (_, { message }) =>
    message.includes("signal") ? "A signal has no name." : "A message has no name.",
  "start-with-incoming": (who) => `A flow leads into ${who}, but a start event is where runs begin.`,
  "end-with-outgoing": (who) => `A flow leaves ${who}, but an end event is where paths end.`,
  "intermediate-flows": (who) => `Nothing leads to ${who}, and it cannot start the process.`,
  "boundary-flows": (who, { message }) =>
    message.includes("association")
      ? `${who} is tied to its handler by a dotted line, not by a flow.`
      : message.includes("outgoing")
        ? `Nothing follows ${who}: its path ends there.`
        : `A flow leads into ${who}, which is entered by its event alone.`,
  "java-code": (who) => `${who} asks for Java code, which does not run here: give it a topic, and let a worker do it.`,
  "http-connector": (who, { message }) => `The HTTP call of ${who} cannot work: ${detail(message)}.`,
  "idle-compensation": (who) => `At ${who} there is never anything to undo.`,
  "empty-process": () => "There is nothing in the process yet.",
  "no-executable-process": () => "No process in this file is marked as executable.",
  "event-gateway": (who, { message }) =>
    message.includes("two or more")
      ? `${who} has fewer than two events to wait for.`
      : `${who} is followed by something that it cannot wait for.`,
  "loop-definition": (who) => `${who} repeats, but does not say how often.`,
  "expression-syntax": (who, { message }) => `An expression at ${who} cannot be read: ${detail(message)}.`,
  "script-syntax": (who, { message }) => `The script of ${who} cannot be read: ${detail(message)}.`,
  "timer-syntax": (who, { message }) => `The time at ${who} cannot be read: ${detail(message)}.`,
  "retry-syntax": (who, { message }) => `The retries of ${who} cannot be read: ${detail(message)}.`,
  "timeout-syntax": (who, { message }) => `The timeout of ${who} cannot be read: ${detail(message)}.`,
  "variable-schema": (who, { message }) => `The schema of ${who} cannot be used: ${detail(message)}.`,
  "subprocess-start": (who) => `${who} has no start event, or more than it can have.`,
  "message-cycle": (who) => `${who} waits for a message that is sent only after it has come.`,
};

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The engine's message with names instead of ids, where no sentence is written for the rule. */
const renamed = (message: string, named: Named) =>
  message.replace(/(?:\b[a-z]\w+ )?'([^']+)'/g, (whole, id: string) => (named.type(id) ? named.name(id) : whole));

export function sentence(problem: Problem, named: Named): string {
  if (problem.resource) return `${problem.resource}: ${problem.message}.`.replace(/\.\.$/, ".");
  const who = problem.element ? named.name(problem.element) : "the process";
  const say = SENTENCES[problem.rule];
  const text = say ? say(who, problem, named) : `${renamed(problem.message, named)}.`;
  return capital(text.replace(/\.\.$/, "."));
}
