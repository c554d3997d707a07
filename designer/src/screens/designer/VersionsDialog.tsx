import { draftVersions } from "~/api/drafts";
import type { Draft } from "~/api/types";
import { Ago, Failed, Loading, useNow } from "~/ui/basics";
import { CloseFooter } from "~/ui/CloseFooter";
import { Dialog } from "~/ui/Dialog";
import { absolute } from "~/ui/format";
import { useResource } from "~/ui/useResource";

interface Props {
  draft: Draft;
  onShow: (version: number) => void;
  onClose: () => void;
}

/** The versions of a draft that are kept; an earlier one is opened as the newest change. */
export function VersionsDialog({ draft, onShow, onClose }: Props) {
  const { value: versions, error, reload } = useResource(() => draftVersions(draft.id), [draft.id]);
  const now = useNow();
  return (
    <Dialog title="Versions of this draft" onClose={onClose}>
      {error && !versions && <Failed what="the versions" error={error} again={reload} />}
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
      <CloseFooter onClose={onClose} />
    </Dialog>
  );
}
