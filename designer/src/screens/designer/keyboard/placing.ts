/**
 * What is chosen from the menus of new elements has a place at once where no mouse can show one: after a key, and for an
 * event on the border of an activity. Its name can be typed right away.
 */

import type Canvas from "diagram-js/lib/core/Canvas";
import type EventBus from "diagram-js/lib/core/EventBus";
import type Create from "diagram-js/lib/features/create/Create";
import type { Modeling, Shape } from "../problems/shapes";
import { type Box, freeBorder, freePlace, type Point } from "./places";

interface Action {
  click: (event: Event, entry: Entry) => unknown;
  dragstart?: (event: Event, entry: Entry) => unknown;
}

interface Entry {
  action: Action;
  [more: string]: unknown;
}

type Entries = Record<string, Entry>;

interface PopupMenu {
  registerProvider(id: string, priority: number, provider: object): void;
  open(target: unknown, id: string, place: { x: number; y: number }, options: object): void;
}

interface Selection {
  get(): Shape[];
}

interface Rules {
  allowed(action: string, context: Record<string, unknown>): unknown;
}

/** After the library's own. */
const LAST = 100;

const isContainer = (shape: Shape) =>
  /Participant|Lane/.test(shape.type) || (/SubProcess|Transaction/.test(shape.type) && shape.width > 100);

const isNode = (shape: Shape) => !shape.waypoints && !isContainer(shape) && shape.type !== "label";

export class KeyboardPlacing {
  static $inject = ["popupMenu", "create", "canvas", "modeling", "rules", "selection", "eventBus"];
  /** Whether a key has chosen the entry whose action runs now. */
  private byKey = false;

  constructor(
    menus: PopupMenu,
    create: Create,
    private readonly canvas: Canvas,
    private readonly modeling: Modeling,
    private readonly rules: Rules,
    private readonly selection: Selection,
    private readonly events: EventBus,
  ) {
    const getPopupMenuEntries = () => (entries: Entries) => this.watch(entries);
    for (const menu of ["bpmn-create", "bpmn-append"]) menus.registerProvider(menu, LAST, { getPopupMenuEntries });
    this.interceptStart(create);
    this.interceptOpen(menus);
  }

  /** By key the menu opens at the mouse; as long as that has never moved, beside the palette. */
  private interceptOpen(menus: PopupMenu): void {
    const open = menus.open;
    menus.open = (target, id, place, options) => {
      const { left, top } = this.canvas.getContainer().getBoundingClientRect();
      const nowhere = !(place.x > left && place.y > top);
      open.call(menus, target, id, nowhere ? { ...place, x: left + 72, y: top + 12 } : place, options);
    };
  }

  /** The library would let a new element follow the mouse; both menus do so here. */
  private interceptStart(create: Create): void {
    const follow = create.start;
    create.start = (event, elements, context) => {
      const shape = (Array.isArray(elements) ? elements[0] : elements) as unknown as Shape;
      const source = (context as { source?: Shape } | undefined)?.source;
      const onBorder = shape.type === "bpmn:BoundaryEvent" && source;
      if (onBorder && this.attach(shape, source)) return;
      if (!this.byKey || !this.place(shape)) follow.call(create, event, elements, context);
    };
  }

  private watch(entries: Entries): Entries {
    const watched = Object.entries(entries).map(([id, entry]) => {
      const { click, dragstart } = entry.action;
      // By its click the library attaches the first event of an activity only, in the middle, and does not ask for its name.
      const act = (/boundary/.test(id) && dragstart) || click;
      const run = (event: Event, chosen: Entry) => {
        this.byKey = event instanceof KeyboardEvent;
        try {
          return act(event, chosen);
        } finally {
          this.byKey = false;
        }
      };
      return [id, { ...entry, action: { ...entry.action, click: run } }];
    });
    return Object.fromEntries(watched) as Entries;
  }

  private attach(shape: Shape, host: Shape): boolean {
    const undoes = shape.businessObject.eventDefinitions?.some((it) => /Compensate/.test(it.$type)) ?? false;
    const point = freeBorder(host, host.attachers, undoes);
    if (this.rules.allowed("shape.attach", { shape, target: host, position: point }) !== "attach") return false;
    this.begin(this.modeling.createShape(shape, point, host, { attach: true }));
    return true;
  }

  private place(shape: Shape): boolean {
    const parent = this.parentFor();
    const area: Box = parent.parent ? parent : this.canvas.viewbox();
    const position: Point = freePlace(
      shape,
      area,
      (parent as unknown as { children: Shape[] }).children.filter(isNode),
    );
    if (!this.rules.allowed("shape.create", { shape, target: parent, position })) return false;
    this.begin(this.modeling.createShape(shape, position, parent));
    return true;
  }

  /** Where the selected element is, or in it; else the diagram, or its first pool. */
  private parentFor(): Shape {
    const [selected] = this.selection.get();
    const near = selected && (isContainer(selected) ? selected : selected.parent);
    if (near) return near;
    const root = this.canvas.getRootElement() as unknown as Shape & { children: Shape[] };
    return root.children.find((it) => it.type === "bpmn:Participant") ?? root;
  }

  /** Selects it and opens its name, as after every automatic placing. */
  private begin(shape: Shape): void {
    this.canvas.scrollToElement(shape as never, 120);
    this.events.fire("autoPlace.end", { shape });
  }
}
