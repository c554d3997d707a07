/** What a plan writes at the elements of a diagram. Pure. */

/** What a plan says of an element: when it is undone, that a token ends there, or that one begins. */
export interface PlanMark {
  element: string;
  kind: "undo" | "stop" | "start";
  text: string;
}

/** The numbers of a plan of undoing; an activity that was done twice bears both. */
export function numbersOf(elements: readonly string[]): PlanMark[] {
  const texts = new Map<string, string>();
  for (const [index, element] of elements.entries()) {
    const earlier = texts.get(element);
    texts.set(element, earlier ? `${earlier},${index + 1}` : String(index + 1));
  }
  return [...texts].map(([element, text]): PlanMark => ({ element, kind: "undo", text }));
}
