import { describe, expect, it } from "vitest";
import { sentence } from "./words";

const named = {
  name: (id: string) => ({ t: "“Charge payment”", g: "the exclusive gateway" })[id] ?? id,
  type: (id: string) => ({ t: "ServiceTask", g: "ExclusiveGateway" })[id] ?? "",
};

const problem = (rule: string, element: string, message = "") =>
  ({ rule, element, message, severity: "error" }) as const;

describe("a problem", () => {
  it("speaks of the element by its name", () => {
    expect(sentence(problem("external-topic", "t"), named)).toBe(
      "“Charge payment” has no topic, so no worker can be given its work.",
    );
    expect(sentence(problem("nothing-to-do", "t"), named)).toContain("“Charge payment” does not say who does the work");
    expect(sentence(problem("soundness-deadlock", "g"), named)).toContain("stuck at the exclusive gateway");
  });

  it("tells an event that nothing follows from one that a flow leads into", () => {
    const message = "Expected an outgoing flow at boundaryEvent 't', but found none: it ends its path";
    expect(sentence(problem("boundary-flows", "t", message), named)).toBe(
      "Nothing follows “Charge payment”: its path ends there.",
    );
  });

  it("begins with a capital letter", () => {
    expect(sentence(problem("dead-end", "g"), named)).toMatch(/^The exclusive gateway leads nowhere/);
  });

  it("without a sentence of its own has the engine's, with names for ids", () => {
    const found = sentence(
      problem("quantities", "t", "Expected startQuantity of serviceTask 't' to be 1, but found 0"),
      named,
    );
    expect(found).toBe("Expected startQuantity of “Charge payment” to be 1, but found 0.");
  });

  it("tells a form that is not there by its name", () => {
    const message = "Expected the form 'approve', which 't' names, to be deployed, but it is not: deploy it before";
    expect(sentence(problem("not-deployed", "t", message), named)).toBe(
      "“Charge payment” shows the form “approve”, which neither lies beside the diagram nor is deployed.",
    );
  });

  it("keeps the mistake that an expression has", () => {
    const message = "Expected an expression as condition, but found '=a +': something is missing after '+'";
    expect(sentence(problem("expression-syntax", "g", message), named)).toBe(
      "An expression at the exclusive gateway cannot be read: something is missing after '+'.",
    );
  });
});
