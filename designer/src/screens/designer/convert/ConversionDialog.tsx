import { writeStubs } from "~/api/conversion";
import type { Conversion } from "~/api/types";
import { Dialog } from "~/ui/Dialog";
import { toastError } from "~/ui/toast";
import { download } from "../files";

const KINDS = { changed: "Changed", completed: "Completed", "to-do": "To do", differs: "Differs" };
const STUBS = [
  ["python", "Python"],
  ["java", "Java"],
  ["javascript", "JavaScript"],
] as const;

interface Props {
  found: Conversion;
  onConvert: () => void;
  onClose: () => void;
}

/** What a conversion of the opened file would change, what is left to do, and what would run differently. */
export function ConversionDialog({ found, onConvert, onClose }: Props) {
  const save = (language: (typeof STUBS)[number][0]) =>
    writeStubs(found.bpmn, language).then(
      ({ stubs }) => stubs && download(stubs.name, stubs.content, "text/plain"),
      toastError,
    );
  const refused = found.problems.filter((it) => it.severity === "error");
  return (
    <Dialog title="Convert this file?" onClose={onClose}>
      <p>
        It was written for {found.dialect}, and has parts that Baton does not run.{" "}
        {found.runs ? "Converted, it can be deployed." : "Converted, it still has errors."}
      </p>
      <ul class="list">
        {found.notes.map((it) => (
          <li key={`${it.kind} ${it.line} ${it.message}`}>
            <span class="secondary">
              {KINDS[it.kind]}
              {it.element && `, ${it.element}`}
            </span>{" "}
            {it.message}
          </li>
        ))}
        {refused.map((it) => (
          <li key={`${it.rule} ${it.element}`}>
            <span class="secondary">Error{it.element && `, ${it.element}`}</span> {it.message}
          </li>
        ))}
      </ul>
      {found.topics.length > 0 && (
        <p>
          Workers to fill in:{" "}
          {STUBS.map(([language, label]) => (
            <button key={language} type="button" class="button slim quiet" onClick={() => void save(language)}>
              {label}
            </button>
          ))}
        </p>
      )}
      <footer>
        <button type="button" class="button" onClick={onClose}>
          Keep it as it is
        </button>
        <button type="button" class="button primary" onClick={onConvert}>
          Convert
        </button>
      </footer>
    </Dialog>
  );
}
