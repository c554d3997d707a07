/** The file as it would be deployed, with each problem below the line that it is about. A chunk of its own. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { check } from "~/api/deploying";
import type { DraftFile } from "~/api/drafts";
import type { Problem } from "~/api/types";
import "~/styles/xml.css";
import { copy } from "~/ui/copy";
import { Dialog } from "~/ui/Dialog";
import { plural } from "~/ui/format";
import { State } from "~/ui/state";
import { toastError } from "~/ui/toast";
import { toXml } from "../files";
import type { Modeler } from "../modeler";
import { groupByLine } from "./xmlLines";

interface Props {
  modeler: Modeler;
  files: readonly DraftFile[];
  onElement: (id: string) => void;
  onClose: () => void;
}

function Finding({ problem, onElement }: { problem: Problem; onElement: (id: string) => void }) {
  const error = problem.severity === "error";
  return (
    <div class={`xml-problem ${error ? "" : "is-warning"}`}>
      <State look={error ? "incident" : "undoing"} word={error ? "Error" : "Warning"} />
      <span class="grow">{problem.message}</span>
      {problem.element && (
        <button type="button" class="button slim" onClick={() => onElement(problem.element ?? "")}>
          Show it
        </button>
      )}
    </div>
  );
}

export function XmlView({ modeler, files, onElement, onClose }: Props) {
  const [xml, setXml] = useState("");
  const [problems, setProblems] = useState<Problem[]>([]);
  const body = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => xml.trimEnd().split("\n"), [xml]);
  const byLine = useMemo(() => groupByLine(problems, lines.length), [problems, lines]);

  useEffect(() => {
    const read = async () => {
      const text = await toXml(modeler);
      setXml(text);
      const found = await check(text, files);
      setProblems(found.filter((it) => !it.resource));
    };
    read().catch(toastError);
  }, [modeler]);
  useEffect(() => {
    const first = body.current?.querySelector<HTMLElement>(".xml-problem");
    // Not scrollIntoView, which would scroll the dialog too.
    if (first && body.current) body.current.scrollTop = first.offsetTop - body.current.clientHeight / 2;
  }, [problems]);

  return (
    <Dialog title="XML" onClose={onClose}>
      <div class="row">
        <span class="small secondary grow" role="status">
          {plural(lines.length, "line")}, {problems.length ? plural(problems.length, "problem") : "no problem"}
        </span>
        <button type="button" class="button slim" onClick={() => void copy(xml, "the XML")}>
          Copy
        </button>
      </div>
      <div class="xml" ref={body} tabIndex={0} role="region" aria-label="The file">
        {lines.map((line, index) => (
          <div key={index}>
            <div class="xml-line">
              <span class="xml-number">{index + 1}</span>
              <code>{line || " "}</code>
            </div>
            {byLine.get(index + 1)?.map((it, at) => (
              <Finding key={at} problem={it} onElement={onElement} />
            ))}
          </div>
        ))}
      </div>
    </Dialog>
  );
}
