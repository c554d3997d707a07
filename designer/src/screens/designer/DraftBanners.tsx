import type { Draft } from "~/api/types";
import { Ago, useNow } from "~/ui/basics";
import { plural } from "~/ui/format";
import type { Document } from "./useDocument";

const by = (draft: Draft) => (draft.savedBy ? ` by ${draft.savedBy}` : "");

function Offer({ draft, others, onAll }: { draft: Draft; others: number; onAll: () => void }) {
  const now = useNow();
  return (
    <div class="banner" role="status">
      <span class="grow">
        A draft of {draft.processDefinitionId ? "this process" : draft.name} was saved{" "}
        {draft.savedAt && <Ago at={draft.savedAt} now={now} />}
        {by(draft)}.
      </span>
      {others > 0 && (
        <button type="button" class="button slim quiet" onClick={onAll}>
          {plural(others, "other draft")}…
        </button>
      )}
      <a class="button slim" href={`/designer/draft/${draft.id}`}>
        Go on with the draft
      </a>
    </div>
  );
}

/** Above the canvas: a draft that one may go on with, or that somebody else has saved since. */
export function DraftBanners({ document, onAll }: { document: Document; onAll: () => void }) {
  const [offer, ...others] = document.offers;
  if (document.saving === "conflict")
    return (
      <div class="banner" role="alert">
        <span class="grow">Somebody else has saved this draft since, so your last changes are not saved.</span>
        <button type="button" class="button slim" onClick={document.saveCopy}>
          Save mine as a copy
        </button>
        <button type="button" class="button slim quiet" onClick={document.takeTheirs}>
          Take theirs
        </button>
      </div>
    );
  return offer && !document.dirty ? <Offer draft={offer} others={others.length} onAll={onAll} /> : null;
}

const WORDS = {
  none: "",
  pending: "saving…",
  saved: "draft saved",
  failed: "not saved",
  conflict: "not saved",
};

/** Beside the title: what is deployed, and whether what is drawn is saved. */
export function Saved({ document }: { document: Document }) {
  const { dirty, origin, saving, refused } = document;
  // It says why nothing is saved, or how far saving is.
  const word = saving === "none" && refused ? "cannot be saved" : WORDS[saving];
  if (!dirty) return origin ? <span class="saved">Version {origin.version}</span> : null;
  return (
    <span class="saved" role="status" title={refused ?? ""}>
      Not deployed{word && `, ${word}`}
    </span>
  );
}
