/** Tokens at rest, as SVG: a dot with what it waits for, and how many. */

import { type Token, tokenLook } from "~/live/view";
import type { Box } from "./geometry";
import type { PlanMark } from "./plan";

const NS = "http://www.w3.org/2000/svg";
const STEP = 18;

export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Record<string, string | number>,
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

const GLYPHS: Record<string, string> = {
  timer: "M0-3.600V0l2.400 1.600",
  message: "M-3.900-2.600h7.800v5.300h-7.800zM-3.900-2.400L0 .700l3.900-3.100",
  person:
    "M0-.800m-1.900 0a1.900 1.900 0 1 0 3.800 0a1.900 1.900 0 1 0-3.800 0M-3.600 4.200c.6-2.200 2-2.900 3.600-2.900s3 .7 3.600 2.900",
};

const figure = (count: number) => (count > 999 ? "999+" : String(count));

const width = (count: number) => 8 + figure(count).length * 6.5;

function dot(look: string, glyph: string | null, count: number, counted = count > 1): SVGGElement {
  const group = svg("g", { class: "token-face" });
  if (look === "incident") group.append(svg("path", { class: "token-body", d: "M0-9.500L9.500 7.500h-19z" }));
  else if (count > 9)
    group.append(
      svg("rect", { class: "token-body", x: -width(count) / 2, y: -8, width: width(count), height: 16, rx: 8 }),
    );
  else group.append(svg("circle", { class: "token-body", r: glyph || count > 1 ? 8 : 7 }));
  if (counted) group.append(svg("text", { class: "token-count", y: look === "incident" ? 5.5 : 3.6 }, figure(count)));
  else if (look === "incident") group.append(svg("path", { class: "token-glyph", d: "M0-3V2M0 4.600v.1" }));
  else if (glyph && GLYPHS[glyph]) group.append(svg("path", { class: "token-glyph", d: GLYPHS[glyph] }));
  return svg("g", { class: `token is-${look}` }, group);
}

interface Pile {
  look: string;
  glyph: string | null;
  count: number;
  /** The number of one of them. */
  token: number;
}

function piles(tokens: readonly Token[]): Pile[] {
  const found = new Map<string, Pile>();
  for (const token of tokens) {
    const look = tokenLook(token);
    const glyph = token.wait === "work" ? null : token.wait;
    const key = `${look}/${look === "waiting" ? glyph : ""}`;
    const pile = found.get(key);
    if (pile) pile.count += 1;
    else found.set(key, { look, glyph: look === "incident" ? null : glyph, count: 1, token: token.number });
  }
  return [...found.values()];
}

export const isSmall = (box: Box) => box.width <= 60;

/** One group per element, at its upper right corner, where no label is. */
export function tokenDots(box: Box, tokens: readonly Token[]): SVGGElement {
  const group = svg("g", { class: "tokens" });
  const small = isSmall(box);
  let x = small ? box.x + box.width - 4 : box.x + box.width - 12;
  for (const pile of piles(tokens)) {
    const mark = dot(pile.look, pile.glyph, pile.count);
    const wide = pile.count > 9 ? width(pile.count) - 16 : 0;
    Object.assign(mark.dataset, { token: pile.token, element: tokens[0]?.element });
    mark.setAttribute("transform", `translate(${x + ((small ? 1 : -1) * wide) / 2} ${box.y + (small ? 4 : 0)})`);
    x += (small ? 1 : -1) * (STEP + wide);
    group.append(mark);
  }
  return group;
}

/** How many tokens and incidents there are at an element, of all instances. */
export function countDots(box: Box, counts: { active: number; incident: number }): SVGGElement {
  const group = svg("g", { class: "tokens" });
  let x = box.x + box.width - (isSmall(box) ? 4 : 12);
  for (const look of ["active", "incident"] as const) {
    const count = counts[look];
    if (!count) continue;
    const mark = dot(look, null, count, true);
    mark.setAttribute("transform", `translate(${x} ${box.y})`);
    x -= STEP + Math.max(0, width(count) - 16);
    group.append(mark);
  }
  return group;
}

/** Boundary events sit at the lower edge, mostly on the right: then what would be said there goes to the left. */
function timesPlace(box: Box & { attachers?: readonly Box[] }): [number, number] {
  if (isSmall(box)) return [box.x + box.width + 16, box.y + box.height + 4];
  const taken = box.attachers?.some(
    (it) => it.x + it.width > box.x + box.width - 34 && it.y + it.height > box.y + box.height - 16,
  );
  return [taken ? box.x + 22 : box.x + box.width - 5, box.y + box.height - 5];
}

const PLAN_STEP = 23;

/** Marks of a plan stand side by side from the upper left corner on. */
export function planCorners(box: Box, marks: readonly PlanMark[]): SVGGElement[] {
  return marks.map((mark, index) =>
    svg(
      "g",
      { class: `corner corner-plan is-${mark.kind}`, transform: `translate(${box.x + index * PLAN_STEP} ${box.y})` },
      svg("g", { class: "token-face" }, svg("circle", { r: 10 }), svg("text", { y: 4 }, mark.text)),
    ),
  );
}

/** A small word at a corner: how often, undone, a breakpoint. */
export function corner(
  box: Box & { attachers?: readonly Box[] },
  at: "times" | "undone" | "breakpoint",
  text: string,
): SVGGElement {
  const place = {
    times: timesPlace(box),
    undone: [box.x + 1, box.y + 1],
    breakpoint: [box.x, box.y + box.height / 2],
  }[at];
  const group = svg("g", { class: `corner corner-${at}`, transform: `translate(${place[0]} ${place[1]})` });
  if (at === "undone")
    group.append(
      svg("circle", { r: 8.5 }),
      svg("path", { d: "M-1.700-4.300L-4.200-1.700-1.700.900M-3.800-1.700h4.300a3 3 0 0 1 0 6h-2.700" }),
    );
  else if (at === "breakpoint") group.append(svg("circle", { r: 6 }));
  else group.append(svg("text", {}, text));
  return group;
}
