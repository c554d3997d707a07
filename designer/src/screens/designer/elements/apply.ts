/** Gives an element what a template sets, as one command. */

import type { Modeler } from "../modeler";
import { asOneCommand, type Business, get, type Modeling, type Shape } from "../problems/shapes";
import { type Binding, type ElementTemplate, type Property, presetOf, writeValue } from "./template";

interface Made extends Business {
  $parent?: unknown;
  values?: Made[];
}
interface Factory {
  create(type: string, attributes?: Record<string, unknown>): Made;
}

type Values = ReadonlyMap<number, string>;
type Written<T extends Binding["type"]> = { binding: Extract<Binding, { type: T }>; text: string };

function collect<T extends Binding["type"]>(template: ElementTemplate, values: Values, type: T): Written<T>[] {
  const all = template.properties.map((it: Property, at) => ({
    binding: it.binding,
    text: writeValue(it, values.get(at) ?? presetOf(it)),
    optional: it.optional === true,
  }));
  return all.filter((it) => it.binding.type === type && !(it.optional && !it.text)) as unknown as Written<T>[];
}

class Applying {
  private readonly modeling: Modeling;
  private readonly factory: Factory;

  constructor(
    private readonly modeler: Modeler,
    private readonly shape: Shape,
    private readonly template: ElementTemplate,
    private readonly values: Values,
  ) {
    this.modeling = modeler.get<Modeling>("modeling");
    this.factory = modeler.get<Factory>("bpmnFactory");
  }

  run(): void {
    const { id, version } = this.template;
    const given = collect(this.template, this.values, "property").map(({ binding, text }) => [binding.name, text]);
    this.modeling.updateProperties(this.shape, {
      "camunda:modelerTemplate": id,
      ...(version === undefined ? {} : { "camunda:modelerTemplateVersion": version }),
      ...Object.fromEntries(given),
    });
    this.extend("camunda:InputOutput", "inputParameters", this.listInputs());
    this.extend("camunda:InputOutput", "outputParameters", this.listOutputs());
    this.extend("camunda:Properties", "values", this.listProperties());
    this.nameMessage();
  }

  private listInputs(): Made[] {
    return collect(this.template, this.values, "camunda:inputParameter").map(({ binding, text }) =>
      this.factory.create("camunda:InputParameter", { name: binding.name, value: text }),
    );
  }

  private listOutputs(): Made[] {
    return collect(this.template, this.values, "camunda:outputParameter").map(({ binding, text }) =>
      this.factory.create("camunda:OutputParameter", { name: text, value: binding.source }),
    );
  }

  private listProperties(): Made[] {
    return collect(this.template, this.values, "camunda:property").map(({ binding, text }) =>
      this.factory.create("camunda:Property", { name: binding.name, value: text }),
    );
  }

  private extensions(): Made {
    const known = this.shape.businessObject.get("extensionElements") as Made | undefined;
    if (known) return known;
    const made = this.factory.create("bpmn:ExtensionElements", { values: [] });
    made.$parent = this.shape.businessObject;
    this.modeling.updateProperties(this.shape, { extensionElements: made });
    return made;
  }

  /** Adds to a list below the extension elements; what has the same name is replaced. */
  private extend(type: string, list: string, made: Made[]): void {
    if (!made.length) return;
    const extensions = this.extensions();
    let holder = extensions.values?.find((it) => it.$type === type);
    if (!holder) {
      holder = this.factory.create(type);
      holder.$parent = extensions;
      this.modeling.updateModdleProperties(this.shape, extensions, { values: [...(extensions.values ?? []), holder] });
    }
    for (const it of made) it.$parent = holder;
    const names = new Set(made.map((it) => it.name));
    const others = ((holder.get(list) as Made[] | undefined) ?? []).filter((it) => !names.has(it.name ?? ""));
    this.modeling.updateModdleProperties(this.shape, holder, { [list]: [...others, ...made] });
  }

  /** The message of this name, a new one if there is none. */
  private nameMessage(): void {
    const [wanted] = collect(this.template, this.values, "bpmn:Message#property");
    if (!wanted) return;
    const definitions = this.modeler.getDefinitions() as unknown as Made & { rootElements: Made[] };
    let message = definitions.rootElements.find((it) => it.$type === "bpmn:Message" && it.name === wanted.text);
    if (!message) {
      message = this.factory.create("bpmn:Message", { name: wanted.text });
      message.$parent = definitions;
      const rootElements = [...definitions.rootElements, message];
      this.modeling.updateModdleProperties(this.shape, definitions, { rootElements });
    }
    this.modeling.updateProperties(this.shape, { messageRef: message });
  }
}

/** `values` are what was filled in, by the place of the property. */
export function applyTemplate(modeler: Modeler, id: string, template: ElementTemplate, values: Values): void {
  const found = get(modeler, id);
  if (!found) return;
  const wanted = template.elementType?.value;
  asOneCommand(modeler, () => {
    const replace = modeler.get<{ replaceElement(it: Shape, target: { type: string }): Shape }>("bpmnReplace");
    const shape = wanted && found.type !== wanted ? replace.replaceElement(found, { type: wanted }) : found;
    new Applying(modeler, shape, template, values).run();
  });
}
