/** The group of the panel that says which variables are read and written: here, or in the whole process. */

import type { VariableUse } from "~/api/types";
import { outlineByVariable, outlineOf, type VariableOutline } from "./variables";

/** What the group shows, and how it comes to the elements. */
export interface Outline {
  uses: readonly VariableUse[];
  name: (element: string) => string;
  select: (element: string) => void;
}

interface Shape {
  businessObject: { id: string; $type: string };
}

const WHOLE = /^bpmn:(Process|Collaboration|Participant)$/;

function Names({ title, list }: { title: string; list: { name: string; places: string[] }[] }) {
  if (!list.length) return null;
  return (
    <div>
      <h3 class="small-title">{title}</h3>
      <ul class="variable-uses">
        {list.map((it) => (
          <li key={it.name}>
            <span class="mono">{it.name}</span> <span class="secondary small">{it.places.join(", ")}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Elements({ word, ids, outline }: { word: string; ids: readonly string[]; outline: Outline }) {
  if (!ids.length) return null;
  return (
    <p class="small">
      <span class="secondary">{word} </span>
      {ids.map((id, index) => (
        <span key={id}>
          {index > 0 && ", "}
          <button type="button" class="linkish underlined" onClick={() => outline.select(id)}>
            {outline.name(id)}
          </button>
        </span>
      ))}
    </p>
  );
}

function Variable({ of, outline }: { of: VariableOutline; outline: Outline }) {
  return (
    <li>
      <span class="mono">{of.name}</span>
      <Elements word="shown and written by" ids={of.usedBy} outline={outline} />
      <Elements word="written by" ids={of.writtenBy} outline={outline} />
      <Elements word="read by" ids={of.readBy} outline={outline} />
    </li>
  );
}

function VariablesOutline({ element, outline, onTry }: { element: Shape; outline: Outline; onTry: () => void }) {
  const isWhole = WHOLE.test(element.businessObject.$type);
  return (
    <div class="bio-properties-panel-entry">
      {isWhole ? <OfProcess outline={outline} /> : <OfElement id={element.businessObject.id} outline={outline} />}
      <button type="button" class="button slim" onClick={onTry}>
        Try an expression…
      </button>
    </div>
  );
}

function OfProcess({ outline }: { outline: Outline }) {
  const all = outlineByVariable(outline.uses);
  return (
    <>
      {all.length === 0 && <p class="note small">Nothing in this diagram names a variable yet.</p>}
      <ul class="variable-uses">
        {all.map((it) => (
          <Variable key={it.name} of={it} outline={outline} />
        ))}
      </ul>
    </>
  );
}

function OfElement({ id, outline }: { id: string; outline: Outline }) {
  const { reads, writes } = outlineOf(outline.uses, id);
  return (
    <>
      {!reads.length && !writes.length && <p class="note small">It names no variable.</p>}
      <Names title="Reads" list={reads} />
      <Names title="Writes" list={writes} />
    </>
  );
}

/** `onTry` asks for an expression to try. */
export const makeVariablesGroup = (outline: Outline, onTry: () => void) => ({
  id: "baton-variables",
  label: "Variables",
  entries: [{ id: "baton-variables-outline", component: VariablesOutline, outline, onTry }],
});
