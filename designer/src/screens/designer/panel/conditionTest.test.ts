import { expect, it } from "vitest";
import { makeDraft, variablesOfScenario } from "./conditionTest";

it("writes any text of a condition into the file, with its language", () => {
  const draft = makeDraft({ text: '=a < 1 & b = "x"', language: "feel" });
  expect(draft).toContain('language="feel">=a &lt; 1 &amp; b = &quot;x&quot;</conditionExpression>');
  expect(makeDraft({ text: "=a", language: "" })).not.toContain("language");
});

it("takes what a scenario has given, the last value of each variable", () => {
  const steps = [
    { type: "start", variables: { amount: { value: 1, type: "Integer" }, item: { value: "chair", type: "String" } } },
    { type: "wait" },
    { type: "complete", activityId: "A", variables: { amount: { value: 2, type: "Integer" } } },
  ];
  expect(variablesOfScenario({ steps } as never)).toEqual({ amount: 2, item: "chair" });
});
