import { describe, expect, it } from "vitest";
import { explainMoment, moveMonths, pickDay, readMoment, tidy, weeksOf, writeDay, writeMoment } from "./written";

describe("a moment as people write it", () => {
  it("is read with a space or a T, and with or without its time", () => {
    for (const text of ["2026-12-24 08:30", "2026-12-24T08:30", " 2026-12-24  8:30:59 ", "2026-12-24T08:30:00.000"])
      expect(tidy(text, "datetime")).toBe("2026-12-24 08:30");
    expect(tidy("2026-1-4", "datetime")).toBe("2026-01-04 00:00");
    expect(tidy("2026-12-24 08:30", "date")).toBe("2026-12-24");
  });

  it("is refused with an example when no calendar has it", () => {
    for (const text of ["2026-02-30", "24.12.2026", "2026-12-24 24:00", "2026-13-01", "tomorrow"]) {
      expect(readMoment(text)).toBeNull();
      expect(explainMoment(text, "datetime")).toMatch(/^Write day and time as \d{4}-\d\d-\d\d \d\d:\d\d\.$/);
      expect(tidy(text, "datetime")).toBe(text);
    }
    expect(explainMoment("", "date")).toBe("");
    expect(explainMoment("2028-02-29", "date")).toBe("");
  });

  it("keeps its time when another day is picked", () => {
    const day = new Date(2026, 11, 24);
    expect(pickDay(day, "2026-01-01 17:45", "datetime")).toBe("2026-12-24 17:45");
    expect(pickDay(day, "", "datetime")).toBe("2026-12-24 09:00");
    expect(pickDay(day, "", "date")).toBe("2026-12-24");
  });
});

describe("the weeks of a month", () => {
  it("begin on Monday and hold every day once, whatever the month", () => {
    for (let month = 0; month < 48; month += 1) {
      const at = new Date(2026, month, 15);
      const days = weeksOf(at).flat();
      expect(days[0]?.getDay()).toBe(1);
      expect(days.at(-1)?.getDay()).toBe(0);
      expect(new Set(days.map(writeDay)).size).toBe(days.length);
      const own = days.filter((it) => it.getMonth() === at.getMonth());
      expect(own.length).toBe(new Date(at.getFullYear(), at.getMonth() + 1, 0).getDate());
    }
  });

  it("a month further the last day stays the last", () => {
    expect(writeMoment(moveMonths(new Date(2026, 0, 31), 1), "date")).toBe("2026-02-28");
    expect(writeMoment(moveMonths(new Date(2026, 0, 15), -1), "date")).toBe("2025-12-15");
  });
});
