// Files with a diagram, made from a few lines, and how the designer gets them.
import assert from "node:assert/strict";
import { base } from "./support.mjs";

/** @typedef {{ id: string; type: string; x: number; y: number; width?: number; height?: number; inner?: string; attributes?: string }} Node */

const SIZES = { Task: [100, 80], Event: [36, 36], Gateway: [50, 50] };

/** @param {Node} node */
function sized(node) {
  const kind = /** @type {keyof typeof SIZES} */ (/Task|Event|Gateway/.exec(node.type)?.[0] ?? "Task");
  const [width, height] = SIZES[kind];
  return { ...node, width: width ?? 0, height: height ?? 0 };
}

/**
 * A file with a diagram; the centres of the nodes are given.
 * @param {Node[]} nodes
 * @param {[string, string, string, string?][]} flows id, from, to, what is inside
 * @param {string} key of the process
 */
export function draw(nodes, flows, key = "repaired") {
  const all = nodes.map(sized);
  const at = (/** @type {string} */ id) => {
    const found = all.find((it) => it.id === id);
    assert.ok(found);
    return found;
  };
  const model = all.map(
    (it) => `<bpmn:${it.type} id="${it.id}" name="${it.id}" ${it.attributes ?? ""}>${it.inner ?? ""}</bpmn:${it.type}>`,
  );
  const joins = flows.map(
    ([id, from, to, inner]) =>
      `<bpmn:sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}">${inner ?? ""}</bpmn:sequenceFlow>`,
  );
  const shapes = all.map(
    (it) =>
      `<bpmndi:BPMNShape id="${it.id}_di" bpmnElement="${it.id}"><dc:Bounds x="${it.x - it.width / 2}" y="${it.y - it.height / 2}" width="${it.width}" height="${it.height}" /></bpmndi:BPMNShape>`,
  );
  const edges = flows.map(([id, from, to]) => {
    const [a, b] = [at(from), at(to)];
    return `<bpmndi:BPMNEdge id="${id}_di" bpmnElement="${id}"><di:waypoint x="${a.x + a.width / 2}" y="${a.y}" /><di:waypoint x="${b.x - b.width / 2}" y="${b.y}" /></bpmndi:BPMNEdge>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="test"><bpmn:process id="${key}" name="${key}" isExecutable="true" camunda:historyTimeToLive="1">${model.join("")}${joins.join("")}</bpmn:process><bpmndi:BPMNDiagram id="dia"><bpmndi:BPMNPlane id="plane" bpmnElement="${key}">${shapes.join("")}${edges.join("")}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>`;
}

/** Drops a file on the designer.
 * @param {TestPage} page @param {string} xml */
export async function openFile(page, xml) {
  await page.goto(`${base}/designer`);
  await page.locator(".djs-palette").waitFor();
  await dropFile(page, xml);
}

/**
 * Drops a file on the designer that is open.
 * @param {import("playwright-core").Page} page
 * @param {string} xml
 */
export async function dropFile(page, xml) {
  const transfer = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "repaired.bpmn", { type: "application/xml" }));
    return data;
  }, xml);
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}
