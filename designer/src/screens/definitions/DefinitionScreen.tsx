import { useState } from "preact/hooks";
import { definition, definitionXml, versions } from "~/api/definitions";
import { StartDialog } from "~/forms/StartDialog";
import { Bar } from "~/frame/Bar";
import { navigate, paths } from "~/frame/router";
import { Failed } from "~/ui/basics";
import { Lazy } from "~/ui/Lazy";
import { Menu } from "~/ui/Menu";
import { State } from "~/ui/state";
import { toast, toastError } from "~/ui/toast";
import { useResource } from "~/ui/useResource";

const stillDiagram = () => import("~/diagram/StillDiagram").then((it) => it.StillDiagram);

async function load(id: string, signal: AbortSignal) {
  const [one, xml] = await Promise.all([definition(id, signal), definitionXml(id)]);
  return { one, xml, all: await versions(one.key, signal) };
}

export function DefinitionScreen({ id }: { id: string }) {
  const { value, error, reload } = useResource((signal) => load(id, signal), [id]);
  const [starting, setStarting] = useState(false);
  if (error && !value) {
    return (
      <>
        <Bar crumbs={[{ label: "Definitions", href: "/definitions" }]} title="Definition" />
        <Failed what="this definition" error={error} again={reload} />
      </>
    );
  }
  const one = value?.one;
  const title = one ? (one.name ?? one.key) : "…";
  return (
    <>
      <Bar
        crumbs={[{ label: "Definitions", href: "/definitions" }]}
        title={title}
        badge={one?.suspended ? <State look="waiting" word="Suspended" boxed /> : undefined}
      >
        {one && value && (
          <>
            <select
              class="select"
              aria-label="Version"
              value={one.id}
              onChange={(event) => navigate(paths.definition(event.currentTarget.value))}
            >
              {value.all.map((it) => (
                <option key={it.id} value={it.id}>
                  Version {it.version}
                </option>
              ))}
            </select>
            <a class="button wide-only" href={paths.designer(one.id)}>
              Open in the designer
            </a>
            <button type="button" class="button primary" onClick={() => setStarting(true)}>
              Start
            </button>
            <Menu
              label="More"
              entries={[
                { label: "Open in the designer", run: () => navigate(paths.designer(one.id)) },
                {
                  label: "Show its instances",
                  run: () => navigate(`/instances?definition=${encodeURIComponent(one.key)}`),
                },
                {
                  label: "Copy its id",
                  run: () => void navigator.clipboard.writeText(one.id).then(() => toast("Copied the id"), toastError),
                },
              ]}
            />
          </>
        )}
      </Bar>
      {value ? (
        <Lazy load={stillDiagram} props={{ xml: value.xml, process: value.one.key }} />
      ) : (
        <div class="diagram" />
      )}
      {starting && one && <StartDialog definition={one} onClose={() => setStarting(false)} />}
    </>
  );
}
