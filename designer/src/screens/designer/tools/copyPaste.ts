/** Copies go to the clipboard of the system. Where the browser does not allow that, they stay in this tab. */

import NativeCopyPasteModule from "bpmn-js-native-copy-paste";
import type EventBus from "diagram-js/lib/core/EventBus";
import type CopyPaste from "diagram-js/lib/features/copy-paste/CopyPaste";
import type { ModuleDeclaration } from "didi";

/** Before the listener of the library, which has 2050. */
const FIRST = 3000;

interface Clipboard {
  set(tree: unknown): void;
}

interface NativeCopyPaste {
  toggle(active: boolean): void;
}

class CopyPasteFallback {
  static $inject = ["eventBus", "clipboard", "copyPaste", "nativeCopyPaste"];

  constructor(events: EventBus, clipboard: Clipboard, copyPaste: CopyPaste, native: NativeCopyPaste) {
    let copied: unknown = null;
    events.on("copyPaste.elementsCopied", FIRST, ({ tree }: { tree: unknown }) => {
      copied = tree;
    });
    events.on("native-copy-paste:error", ({ message }: { message: string }) => {
      native.toggle(false);
      if (copied === null) return;
      clipboard.set(copied);
      if (message.includes("paste")) copyPaste.paste();
    });
  }
}

const fallback: ModuleDeclaration = {
  __depends__: [NativeCopyPasteModule],
  __init__: ["copyPasteFallback"],
  copyPasteFallback: ["type", CopyPasteFallback],
};

export default fallback;
