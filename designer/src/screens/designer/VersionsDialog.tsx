import { useEffect, useState } from "preact/hooks";
import { draftVersions } from "~/api/drafts";
import type { Draft, DraftVersion } from "~/api/types";
import { Ago, Failed, Loading, useNow } from "~/ui/basics";
import { Dialog } from "~/ui/Dialog";
import { absolute } from "~/ui/format";

interface Props {
  draft: Draft;
  onShow: (version: number) => void;
  onClose: () => void;
}

/** The versions of a draft that are kept; an earlier one is opened as the newest change. */
export function VersionsDialog({ draft, onShow, onClose }: Props) {
  const [versions, setVersions] = useState<DraftVersion[] | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const now = useNow();
  useEffect(() => void draftVersions(draft.id).then(setVersions, setError), [draft.id]);
  return (
    <Dialog title="Versions of this draft" onClose={onClose}>
      {error && <Failed what="the versions" error={error} />}
      {!versions && !error && <Loading what="the versions" />}
      <ul class="list">
        {versions?.map((it, index) => (
          <li key={it.version}>
            <span class="line">
              <span class="grow" title={it.savedAt ? absolute(it.savedAt) : ""}>
                {it.savedAt && <Ago at={it.savedAt} now={now} />}
                {it.savedBy && ` by ${it.savedBy}`}
              </span>
              {index === 0 ? (
                <span class="secondary">is shown</span>
              ) : (
                <button type="button" class="button slim" onClick={() => onShow(it.version)}>
                  Open version {it.version}
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
      <footer>
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </footer>
    </Dialog>
  );
}
