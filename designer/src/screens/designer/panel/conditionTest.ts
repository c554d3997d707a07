/** A condition is tried out by the engine itself: in a simulated process that has nothing but this choice. */

import { ApiError, get } from "~/api/http";
import { simulate } from "~/api/simulation";
import type { Variables } from "~/api/types";
import { plainAll } from "~/forms/variables";
import type { Scenario } from "../simulate/scenario";

export interface Condition {
  text: string;
  /** As the file says it; empty if the text decides the dialect. */
  language: string;
}

export type Verdict = { holds: boolean } | { failed: string };

const PROCESS = "condition-test";
const HOLDS = "Holds";

const escapeXml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export function makeDraft({ text, language }: Condition): string {
  const attribute = language ? ` language="${escapeXml(language)}"` : "";
  return `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="urn:baton:condition-test">
  <process id="${PROCESS}" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="Begin" />
    <sequenceFlow id="ToChoice" sourceRef="Begin" targetRef="Choice" />
    <exclusiveGateway id="Choice" default="Otherwise" />
    <sequenceFlow id="Condition" sourceRef="Choice" targetRef="${HOLDS}">
      <conditionExpression xsi:type="tFormalExpression"${attribute}>${escapeXml(text)}</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="Otherwise" sourceRef="Choice" targetRef="DoesNot" />
    <endEvent id="${HOLDS}" />
    <endEvent id="DoesNot" />
  </process>
</definitions>`;
}

/** Whether the condition holds with these variables; what is wrong with it otherwise. Raises ApiError when nobody answers. */
export async function testCondition(condition: Condition, variables: Variables): Promise<Verdict> {
  try {
    const draft = { bpmn: makeDraft(condition), processId: PROCESS };
    const answer = await simulate(draft, { command: { type: "start", variables } });
    const incident = answer.incidents[0];
    if (incident) return { failed: incident.incidentMessage ?? "The condition cannot be evaluated." };
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

/** The variables that an instance has now. Raises ApiError. */
export const variablesOfInstance = async (id: string) =>
  plainAll(await get<Variables>(`/process-instance/${encodeURIComponent(id)}/variables`));
