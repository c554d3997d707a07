import { expect, test } from "vitest";
import { makePassword } from "./passwords";

test("a password has twenty letters and digits, and is another each time", () => {
  const made = new Set(Array.from({ length: 50 }, () => makePassword()));
  expect(made.size).toBe(50);
  for (const it of made) expect(it).toMatch(/^[a-zA-Z2-9]{20}$/);
});

test("no letter comes more often than another", () => {
  let next = 0;
  const inOrder = (bytes: Uint8Array) => {
    bytes[0] = next++ % 256;
  };
  const counts = new Map<string, number>();
  for (const letter of Array.from({ length: 55 }, () => makePassword(inOrder)).join("")) {
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1);
});
