/** All drafts on the server: to go on with one, or to delete it. A chunk of its own. */

import { useState } from "preact/hooks";
import { deleteDraft, drafts } from "~/api/drafts";
import type { Draft } from "~/api/types";
import { AskDialog } from "~/ui/AskDialog";
import { Ago, Failed, Loading, useNow } from "~/ui/basics";
import { CloseFooter } from "~/ui/CloseFooter";
import { Deed } from "~/ui/Deed";
import { Dialog } from "~/ui/Dialog";
import { toastError } from "~/ui/toast";
import { useResource } from "~/ui/useResource";

interface Props {
  /** The draft that is open; null if none is. */
  open: string | null;
  onClose: () => void;
}

interface LineProps {
  draft: Draft;
  isOpen: boolean;
  now: number;
  /** The link leads to another draft in the same screen, where this list would stay. */
  onOpen: () => void;
  onDelete: () => void;
}

function Line({ draft, isOpen, now, onOpen, onDelete }: LineProps) {
  return (
    <li data-draft={draft.id}>
      <span class="line">
        <a
          class="grow clip name"
          href={`/designer/draft/${draft.id}`}
          aria-current={isOpen ? "page" : undefined}
          onClick={onOpen}
        >
          {draft.name}
        </a>
        {isOpen ? (
          <span class="secondary">is open</span>
        ) : (
          <Deed needs="draft:update" class="button slim" label={`Delete the draft ${draft.name}`} onClick={onDelete}>
            Delete…
          </Deed>
        )}
      </span>
      <span class="small secondary">
        {draft.processDefinitionKey && <span class="mono">{draft.processDefinitionKey} </span>}
        saved {draft.savedAt && <Ago at={draft.savedAt} now={now} />}
        {draft.savedBy && ` by ${draft.savedBy}`}
      </span>
    </li>
  );
}

export function DraftsDialog({ open, onClose }: Props) {
  const { value, error, reload } = useResource(() => drafts(), []);
  const [asked, setAsked] = useState<Draft | null>(null);
  const now = useNow();
  if (asked)
    return (
      <AskDialog
        deed={`Delete the draft ${asked.name}`}
        keep="Keep it"
        onGo={() => {
          setAsked(null);
          void deleteDraft(asked.id).then(reload, toastError);
        }}
        onClose={() => setAsked(null)}
      >
        <p>All its versions go with it. What is deployed stays as it is.</p>
      </AskDialog>
    );
  return (
    <Dialog title="Drafts" onClose={onClose}>
      {error && !value && <Failed what="the drafts" error={error} again={reload} />}
      {!value && !error && <Loading what="the drafts" />}
      {value?.length === 0 && <p class="secondary">Nobody has a draft: what is drawn becomes one by itself.</p>}
      <ul class="list">
        {value?.map((it) => (
          <Line
            key={it.id}
            draft={it}
            isOpen={it.id === open}
            now={now}
            onOpen={onClose}
            onDelete={() => setAsked(it)}
          />
        ))}
      </ul>
      <CloseFooter onClose={onClose} />
    </Dialog>
  );
}
