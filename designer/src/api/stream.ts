/** One EventSource; the browser reconnects by itself and resumes by Last-Event-ID. */

import { forgetStream, noteStream } from "~/frame/connection";
import { url } from "./http";
import { readMe } from "./people";

export interface StreamHandlers {
  on: Record<string, (data: unknown) => void>;
}

const RETRY_MS = 3000;

export function openStream(path: string, handlers: StreamHandlers): () => void {
  let source: EventSource;
  let timer = 0;
  const open = (): void => {
    source = new EventSource(url(path));
    noteStream(handlers, "connecting");
    source.onopen = () => noteStream(handlers, "live");
    source.onerror = () => {
      noteStream(handlers, "lost");
      // A refused stream (503, 404) closes the EventSource permanently; only then we open another.
      if (source.readyState !== EventSource.CLOSED) return;
      timer = window.setTimeout(open, RETRY_MS);
      // A stream ends with the session behind it, and cannot tell why it was refused.
      void readMe().catch(() => undefined);
    };
    for (const [name, handle] of Object.entries(handlers.on)) {
      source.addEventListener(name, (event) => handle(JSON.parse((event as MessageEvent<string>).data)));
    }
  };
  open();
  return () => {
    window.clearTimeout(timer);
    source.close();
    forgetStream(handlers);
  };
}
