import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import type { Modeler } from "./modeler";

export function download(name: string, content: string | Blob, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export async function toXml(modeler: Modeler): Promise<string> {
  const { xml } = await modeler.saveXML({ format: true });
  if (!xml) throw new Error("The diagram could not be written as XML.");
  return xml;
}

/** Drawn once more by a plain viewer: the picture must not depend on the theme of this page. */
export async function toSvg(modeler: Modeler): Promise<string> {
  const box = document.createElement("div");
  box.style.cssText = "position:fixed;left:-10000px;width:100px;height:100px";
  document.body.append(box);
  const viewer = new NavigatedViewer({ container: box });
  try {
    await viewer.importXML(await toXml(modeler));
    return (await viewer.saveSVG()).svg;
  } finally {
    viewer.destroy();
    box.remove();
  }
}
