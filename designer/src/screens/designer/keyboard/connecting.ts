/** `T`: a list of the elements that a flow can lead to from the selected one. */

import type Canvas from "diagram-js/lib/core/Canvas";
import type ElementRegistry from "diagram-js/lib/core/ElementRegistry";
import type { Modeling, Shape } from "../problems/shapes";
import { nameShape } from "../problems/shapes";

interface Keyboard {
  addListener(listener: (context: { keyEvent: KeyboardEvent }) => boolean | undefined): void;
  hasModifier(event: KeyboardEvent): boolean;
  isKey(keys: string[], event: KeyboardEvent): boolean;
}

interface PopupMenu {
  registerProvider(id: string, provider: object): void;
  open(target: Shape, id: string, position: object, options: object): void;
  close(): void;
}

interface Selection {
  get(): Shape[];
}

interface Rules {
  allowed(action: string, context: Record<string, unknown>): unknown;
}

const MENU = "baton-connect";

export class KeyboardConnecting {
  static $inject = ["keyboard", "popupMenu", "elementRegistry", "modeling", "rules", "selection", "canvas"];

  constructor(
    keyboard: Keyboard,
    private readonly menus: PopupMenu,
    private readonly registry: ElementRegistry,
    private readonly modeling: Modeling,
    private readonly rules: Rules,
    private readonly selection: Selection,
    private readonly canvas: Canvas,
  ) {
    menus.registerProvider(MENU, { getPopupMenuEntries: (source: Shape) => this.list(source) });
    keyboard.addListener(({ keyEvent }) => {
      if (keyboard.hasModifier(keyEvent) || !keyboard.isKey(["t", "T"], keyEvent)) return undefined;
      return this.open();
    });
  }

  private open(): true | undefined {
    const [source, ...more] = this.selection.get();
    if (!source || more.length || source.waypoints) return undefined;
    const { left, top } = this.canvas.getContainer().getBoundingClientRect();
    const box = this.canvas.getAbsoluteBBox(source as never);
    const place = { x: left + box.x + box.width + 12, y: top + box.y };
    this.menus.open(source, MENU, place, { title: "Connect to", width: 300, search: true });
    return true;
  }

  private list(source: Shape): Record<string, object> {
    const targets = (this.registry.getAll() as unknown as Shape[])
      .filter((it) => it !== source && !it.waypoints && it.parent && it.type !== "label")
      .map((target) => ({ target, how: this.rules.allowed("connection.create", { source, target }) }))
      .filter(({ how }) => Boolean(how))
      .map(({ target, how }) => [`connect-${target.id}`, this.makeEntry(source, target, how)] as const);
    return Object.fromEntries(targets);
  }

  private makeEntry(source: Shape, target: Shape, how: unknown): object {
    const click = () => {
      this.menus.close();
      this.modeling.connect(source, target, typeof how === "object" ? (how as Record<string, unknown>) : undefined);
      this.canvas.focus();
    };
    return { label: nameShape(target), action: { click } };
  }
}
