/** One EventSource; the browser reconnects by itself and resumes by Last-Event-ID. */

import { url } from "./http";

export type Connection = "connecting" | "live" | "lost";

export interface StreamHandlers {
  on: Record<string, (data: unknown) => void>;
  connection: (state: Connection) => void;
}

const RETRY_MS = 3000;

export function openStream(path: string, handlers: StreamHandlers): () => void {
  let source: EventSource;
  let timer = 0;
  const open = (): void => {
    source = new EventSource(url(path));
    handlers.connection("connecting");
    source.onopen = () => handlers.connection("live");
    source.onerror = () => {
      handlers.connection("lost");
      // A refused stream (503, 404) closes the EventSource for good: only then do we open another.
      if (source.readyState === EventSource.CLOSED) timer = window.setTimeout(open, RETRY_MS);
    };
    for (const [name, handle] of Object.entries(handlers.on)) {
      source.addEventListener(name, (event) => handle(JSON.parse((event as MessageEvent<string>).data)));
    }
  };
  open();
  return () => {
    window.clearTimeout(timer);
    source.close();
  };
}
