/** Between what people type or read and the API's typed variables. Pure. */

import type { Variable, Variables } from "~/api/types";

const INT32 = 2 ** 31;

export function toVariable(value: unknown): Variable {
  if (value === null || value === undefined) return { value: null, type: "Null" };
  if (typeof value === "boolean") return { value, type: "Boolean" };
  if (typeof value === "string") return { value, type: "String" };
  if (typeof value === "number") {
    if (!Number.isInteger(value)) return { value, type: "Double" };
    return { value, type: Math.abs(value) < INT32 ? "Integer" : "Long" };
  }
  return { value: JSON.stringify(value), type: "Json" };
}

export function toVariables(values: Record<string, unknown>): Variables {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toVariable(value)]));
}

/** The plain value: JSON arrives as text when a client asked for it so. */
export function plain(variable: Variable): unknown {
  const { value, type } = variable;
  if ((type === "Json" || type === "Object") && typeof value === "string") {
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return value;
    }
  }
  return value;
}

export const plainAll = (variables: Variables): Record<string, unknown> =>
  Object.fromEntries(Object.entries(variables).map(([name, it]) => [name, plain(it)]));

export function show(variable: Variable): string {
  const value = plain(variable);
  return typeof value === "string" ? value : JSON.stringify(value);
}

export type Parsed = { ok: true; values: Record<string, unknown> } | { ok: false; message: string };

export function parseObject(text: string): Parsed {
  if (!text.trim()) return { ok: true, values: {} };
  try {
    const values = JSON.parse(text) as unknown;
    if (values === null || typeof values !== "object" || Array.isArray(values)) {
      return { ok: false, message: 'Write an object, such as {"amount": 12}.' };
    }
    return { ok: true, values: values as Record<string, unknown> };
  } catch (error) {
    return { ok: false, message: `This is not JSON: ${(error as Error).message}` };
  }
}
