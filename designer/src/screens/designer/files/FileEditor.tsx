import type { DraftFile } from "~/api/drafts";
import { Lazy } from "~/ui/Lazy";
import { kindOf } from "./kinds";
import type { Files } from "./useFiles";

const formEditor = () => import("./FormEditor").then((it) => it.FormEditor);
const decisionEditor = () => import("./DecisionEditor").then((it) => it.DecisionEditor);

/** The editor for a form or a decision. */
export function FileEditor({ file, files, actions }: { file: DraftFile; files: readonly DraftFile[]; actions: Files }) {
  const onChange = (content: string) => actions.write({ name: file.name, content });
  const props = { file, onChange, onDone: actions.done };
  if (kindOf(file) === "form") return <Lazy key={file.name} load={formEditor} props={props} what="the form editor" />;
  return <Lazy key={file.name} load={decisionEditor} props={{ ...props, files }} what="the decision editor" />;
}
