/** Conditions and expressions are tried out by the engine itself: in a simulated process that has nothing but this. */

import { ApiError, get } from "~/api/http";
import { simulate } from "~/api/simulation";
import type { Variable, Variables } from "~/api/types";
import { plainAll } from "~/forms/variables";
import type { Scenario } from "../simulate/scenario";

export interface Condition {
  text: string;
  /** As the file says it; empty if the text decides the dialect. */
  language: string;
  /** An expression of any kind, such as that of an input: what it gives is wanted. */
  isValue?: true;
}

export type Verdict = { holds: boolean } | { gives: Variable } | { failed: string };

const PROCESS = "condition-test";
const HOLDS = "Holds";
const RESULT = "result";

const escapeXml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** The whole expression goes where an activity gives a result: there every kind of it is taken. */
const makeValue = ({ text }: Condition) => `
    <sequenceFlow id="ToValue" sourceRef="Begin" targetRef="Value" />
    <task id="Value">
      <extensionElements>
        <camunda:inputOutput>
          <camunda:outputParameter name="${RESULT}">${escapeXml(text)}</camunda:outputParameter>
        </camunda:inputOutput>
      </extensionElements>
    </task>`;

function makeChoice({ text, language }: Condition): string {
  const attribute = language ? ` language="${escapeXml(language)}"` : "";
  return `
    <sequenceFlow id="ToChoice" sourceRef="Begin" targetRef="Choice" />
    <exclusiveGateway id="Choice" default="Otherwise" />
    <sequenceFlow id="Condition" sourceRef="Choice" targetRef="${HOLDS}">
      <conditionExpression xsi:type="tFormalExpression"${attribute}>${escapeXml(text)}</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="Otherwise" sourceRef="Choice" targetRef="DoesNot" />
    <endEvent id="${HOLDS}" />
    <endEvent id="DoesNot" />`;
}

export const makeDraft = (condition: Condition): string =>
  `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="urn:baton:condition-test">
  <process id="${PROCESS}" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="Begin" />${condition.isValue ? makeValue(condition) : makeChoice(condition)}
  </process>
</definitions>`;

/** Whether the condition holds with these variables, or what the expression gives; what is wrong with it otherwise. Raises ApiError when nobody answers. */
export async function testCondition(condition: Condition, variables: Variables): Promise<Verdict> {
  try {
    const draft = { bpmn: makeDraft(condition), processId: PROCESS };
    const answer = await simulate(draft, { command: { type: "start", variables } });
    const incident = answer.incidents[0];
    if (incident) return { failed: incident.incidentMessage ?? "The condition cannot be evaluated." };
    if (condition.isValue) {
      const set = answer.events.findLast((it) => it.type === "VariablesChanged")?.data.set as Variables | undefined;
      const gives = set?.[RESULT];
      return gives ? { gives } : { failed: "The expression gives nothing." };
    }
    return { holds: answer.events.some((it) => it.type === "ElementEntered" && it.element === HOLDS) };
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) {
      const wrong = error.problems.find((it) => it.severity === "error");
      return { failed: wrong?.message ?? error.message };
    }
    throw error;
  }
}

/** What the steps of a scenario have put into variables, the later ones over the earlier. */
export function variablesOfScenario({ steps }: Pick<Scenario, "steps">): Record<string, unknown> {
  const given = steps.map((it) => plainAll(("variables" in it ? it.variables : null) ?? {}));
  return Object.assign({}, ...given) as Record<string, unknown>;
}

/** The variables that an instance has now, by its business key or its id. Raises ApiError. */
export async function variablesOfInstance(named: string): Promise<Record<string, unknown>> {
  const found = await get<{ id: string }[]>("/process-instance", { businessKey: named, maxResults: 1 });
  const id = found[0]?.id ?? named;
  return plainAll(await get<Variables>(`/process-instance/${encodeURIComponent(id)}/variables`));
}
