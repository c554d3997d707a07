/** A decision to begin with: a table with one column to ask by and one to answer with. */

const escapeXml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export function blankDecision(id: string, name: string): string {
  const called = escapeXml(name);
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" id="Definitions_${id}" name="${called}" namespace="http://bpmn.io/schema/dmn">
  <decision id="${id}" name="${called}">
    <decisionTable id="Table_${id}" hitPolicy="FIRST">
      <input id="Input_1" label="Input">
        <inputExpression id="InputExpression_1" typeRef="string">
          <text>input</text>
        </inputExpression>
      </input>
      <output id="Output_1" label="Output" name="output" typeRef="string" />
      <rule id="Rule_1">
        <inputEntry id="InputEntry_1">
          <text>-</text>
        </inputEntry>
        <outputEntry id="OutputEntry_1">
          <text>"answer"</text>
        </outputEntry>
      </rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI>
    <dmndi:DMNDiagram id="Diagram_1">
      <dmndi:DMNShape id="Shape_1" dmnElementRef="${id}">
        <dc:Bounds height="80" width="180" x="160" y="100" />
      </dmndi:DMNShape>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
`;
}

/** A process that does nothing but ask this decision, for trying it out. */
export const makeAsking = (decision: string, process: string, result: string) => `<definitions
  xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="urn:baton:decision-test">
  <process id="${process}" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="Begin" />
    <sequenceFlow id="ToAsk" sourceRef="Begin" targetRef="Ask" />
    <businessRuleTask id="Ask" camunda:decisionRef="${escapeXml(decision)}" camunda:mapDecisionResult="resultList"
      camunda:resultVariable="${result}" />
    <sequenceFlow id="ToEnd" sourceRef="Ask" targetRef="Asked" />
    <endEvent id="Asked" />
  </process>
</definitions>`;
