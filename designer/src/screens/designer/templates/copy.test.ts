import { describe, expect, it } from "vitest";
import { PATTERNS, SAMPLES } from "./catalog";
import { findFreeKey, renameProcess } from "./copy";

describe("a template", () => {
  it("keeps its key until a deployed process has it, then takes the next number", () => {
    expect(findFreeKey("transfer", new Set(["other"]))).toEqual({ key: "transfer", number: 1 });
    expect(findFreeKey("transfer", new Set(["transfer", "transfer-2"]))).toEqual({ key: "transfer-3", number: 3 });
  });

  it.each([...PATTERNS, ...SAMPLES])(
    "$key takes another key wherever it is named, and a name that tells it apart",
    async (template) => {
      const file = (await template.load()).default;
      const renamed = renameProcess(file, template.key, `${template.key}-2`, 2);
      expect(renamed).toContain(`<bpmn:process id="${template.key}-2"`);
      expect(renamed).toContain(`bpmnElement="${template.key}-2"`);
      expect(renamed).toMatch(/<bpmn:process [^>]*name="[^"]+ 2"/);
      expect(renamed).not.toContain(`"${template.key}"`);
      expect(renameProcess(file, template.key, template.key, 1)).toBe(file);
    },
  );
});
