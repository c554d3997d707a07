/** Goes over the groups of the other providers: what runs is offered, what is wrong stands open. */

import type EventBus from "diagram-js/lib/core/EventBus";
import { type ComponentChild, cloneElement, createElement, isValidElement, type VNode } from "preact";
import type { Problem } from "~/api/types";
import { type FileShape, makeFileEntries } from "./fileEntries";
import { CONDITION, isOpen, isPointless, limitOptions, type Option } from "./runnable";
import { makeTemplateGroup } from "./templateGroup";
import { makeVariablesGroup, type Outline } from "./VariablesGroup";

type Component = (props: Record<string, unknown>) => ComponentChild;

interface Entry {
  id: string;
  component: Component;
  [more: string]: unknown;
}

interface Group {
  id: string;
  entries?: Entry[];
  items?: { entries: Entry[] }[];
  [more: string]: unknown;
}

/** Entries that let one choose how work is done. */
const isChoice = ({ id }: Entry) =>
  id === "implementationType" || id === "calledElementDelegateVariableMappingType" || id.endsWith("listenerType");

interface SelectProps {
  children?: ComponentChild | ComponentChild[];
  options?: Option[];
  value?: unknown;
  getOptions?: (element: unknown) => Option[];
  getValue?: (element: unknown) => unknown;
}

/** What an entry has drawn, with fewer options in its list. */
function limit(drawn: ComponentChild): ComponentChild {
  if (!isValidElement(drawn)) return drawn;
  const node = drawn as VNode<SelectProps>;
  const { children, options, value, getOptions, getValue } = node.props;
  if (options) return cloneElement(node, { options: limitOptions(options, value) });
  if (getOptions && getValue)
    return cloneElement(node, { getOptions: (it: unknown) => limitOptions(getOptions(it), getValue(it)) });
  return Array.isArray(children) ? cloneElement(node, {}, ...children.map(limit)) : drawn;
}

/** One per original, so that an entry stays the same component from one drawing to the next. */
const limited = new WeakMap<Component, Component>();

function limitEntry(entry: Entry): Entry {
  if (!isChoice(entry)) return entry;
  let component = limited.get(entry.component);
  if (!component) {
    component = (props) => limit(entry.component(props));
    limited.set(entry.component, component);
  }
  return { ...entry, component };
}

function adjust(group: Group, rules: readonly string[]): Group {
  return {
    ...group,
    ...(group.entries ? { entries: group.entries.map(limitEntry) } : {}),
    ...(group.items ? { items: group.items.map((it) => ({ ...it, entries: it.entries?.map(limitEntry) ?? [] })) } : {}),
    ...(isOpen(group.id, rules) ? { shouldOpen: true } : {}),
  };
}

/** Fired with the condition when somebody wants to try it. */
export const TEST_CONDITION = "baton.testCondition";

interface Shape {
  id: string;
  businessObject: { get(name: string): { body?: string; language?: string } | undefined };
}

/** A button below the condition of a flow. */
function makeTestEntry(element: Shape, events: EventBus): Entry[] {
  const condition = element.businessObject.get("conditionExpression");
  if (!condition?.body) return [];
  const { body: text, language = "" } = condition;
  const onClick = () => events.fire(TEST_CONDITION, { condition: { text, language } });
  const button = createElement("button", { type: "button", class: "button slim", onClick }, "Test with variables…");
  const component = () => createElement("div", { class: "bio-properties-panel-entry" }, button);
  return [{ id: "baton-test-condition", component }];
}

interface Panel {
  registerProvider(priority: number, provider: BatonProvider): void;
}

/** After all others. */
const LAST = 100;

export class BatonProvider {
  static $inject = ["propertiesPanel", "eventBus"];
  private rules = new Map<string, string[]>();
  private outline: Outline = { uses: [], name: (it) => it, select: () => undefined };

  constructor(
    panel: Panel,
    private readonly events: EventBus,
  ) {
    panel.registerProvider(LAST, this);
  }

  /** What the engine has found: the groups concerned stand open when their element is selected. */
  setProblems(problems: readonly Problem[]): void {
    this.rules = new Map();
    for (const { element, rule } of problems)
      if (element) this.rules.set(element, [...(this.rules.get(element) ?? []), rule]);
  }

  /** What the engine has found that the elements read and write. */
  setOutline(outline: Outline): void {
    const isNews = JSON.stringify(outline.uses) !== JSON.stringify(this.outline.uses);
    this.outline = outline;
    // Lets the panel ask its providers again.
    if (isNews) this.events.fire("propertiesPanel.providersChanged", {});
  }

  getGroups(element: Shape) {
    return (groups: Group[]) =>
      groups
        .filter((it) => !isPointless(it))
        .map((it) => adjust(it, this.rules.get(element.id) ?? []))
        .map((it) => this.extend(it, element))
        .flatMap((it) => (it.id === "general" ? [it, ...this.listOwn(element)] : [it]))
        .concat(makeVariablesGroup(this.outline, this.tryExpression) as unknown as Group);
  }

  /** The dialog of a condition, for any expression. */
  private readonly tryExpression = () =>
    this.events.fire(TEST_CONDITION, { condition: { text: "", language: "", isValue: true } });

  /** Groups of Baton, after the name of the element. */
  private listOwn(element: Shape): Group[] {
    const template = makeTemplateGroup(element as unknown as FileShape, this.events);
    return template ? [template] : [];
  }

  /** The buttons of Baton come last in their groups. */
  private extend(group: Group, element: Shape): Group {
    const own =
      group.id === CONDITION
        ? makeTestEntry(element, this.events)
        : makeFileEntries(group.id, element as unknown as FileShape, this.events);
    return own.length ? { ...group, shouldOpen: true, entries: [...(group.entries ?? []), ...own] } : group;
  }
}

export const BatonPanelModule = {
  __init__: ["batonPanel"],
  batonPanel: ["type", BatonProvider],
};
