import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { definitions } from "~/api/definitions";
import type { Definition } from "~/api/types";
import { type Started, StartForm } from "~/forms/StartForm";
import { Bar } from "~/frame/Bar";
import { navigate, paths } from "~/frame/router";
import { useSession, whyNot } from "~/frame/session";
import { Empty, Failed, Loading } from "~/ui/basics";
import { shortId } from "~/ui/format";
import { useResource } from "~/ui/useResource";

const nameOf = (definition: Definition) => definition.name ?? definition.key;
const hrefOf = (key: string) => `/start/${encodeURIComponent(key)}`;

function List({ list, chosen }: { list: Definition[]; chosen: string | null }) {
  const [text, setText] = useState("");
  const shown = useMemo(() => {
    const wanted = text.toLowerCase();
    return list.filter((it) => `${it.name ?? ""} ${it.key} ${it.description ?? ""}`.toLowerCase().includes(wanted));
  }, [list, text]);
  return (
    <nav class="choices" aria-label="Processes that can be started">
      <input
        class="input"
        type="search"
        placeholder="Find a process"
        aria-label="Find a process"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <ul>
        {shown.map((it) => (
          <li key={it.key}>
            <a href={hrefOf(it.key)} aria-current={it.key === chosen ? "page" : undefined}>
              <strong>{nameOf(it)}</strong>
              {it.description && <span class="secondary small clip">{it.description}</span>}
            </a>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p class="secondary">No process is called so.</p>}
    </nav>
  );
}

function Done({ instance, definition, again }: { instance: Started; definition: Definition; again: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <div class="nothing">
      <h2 tabIndex={-1} ref={heading}>
        {nameOf(definition)} has started
      </h2>
      <p>{instance.businessKey || shortId(instance.id)} is on its way.</p>
      <div class="row">
        <a class="button" href={paths.instance(instance.id)}>
          Show the instance
        </a>
        <button type="button" class="button primary" onClick={again}>
          Start another
        </button>
      </div>
    </div>
  );
}

/** One process: what it asks for, then what became of it. */
function Chosen({ definition }: { definition: Definition }) {
  const [started, setStarted] = useState<Started | null>(null);
  const missing = whyNot(useSession(), "process-definition:start", {
    key: definition.key,
    tenantId: definition.tenantId ?? undefined,
  });
  if (started) return <Done instance={started} definition={definition} again={() => setStarted(null)} />;
  return (
    <section class="start-one" aria-label={nameOf(definition)}>
      <a class="back" href="/start">
        ‹ All processes
      </a>
      <h2>{nameOf(definition)}</h2>
      {definition.description && <p class="secondary">{definition.description}</p>}
      {missing && (
        <p class="note" role="note">
          {missing}
        </p>
      )}
      {!missing && definition.suspended && (
        <p class="note" role="note">
          It is suspended: nobody can start it until an operator resumes it.
        </p>
      )}
      {!missing && !definition.suspended && (
        <StartForm definition={definition} onStarted={setStarted} onCancel={() => navigate("/start")} />
      )}
    </section>
  );
}

function Main({ list, id }: { list: Definition[]; id: string | null }) {
  const chosen = list.find((it) => it.key === id);
  if (chosen) return <Chosen key={chosen.id} definition={chosen} />;
  if (id)
    return (
      <Empty
        title="There is no such process to start"
        action={
          <a class="button" href="/start">
            Show all processes
          </a>
        }
      >
        Expected the key of a process that people may start, but found «{id}».
      </Empty>
    );
  return <Empty title="Choose a process">It asks for what it needs, and each has an address of its own.</Empty>;
}

/** For people who start processes: `id` is the key of one, so that a link leads to its form. */
export function StartScreen({ id }: { id: string | null }) {
  const { value, error, reload } = useResource(
    (signal) => definitions({ latestVersion: true, startableInTasklist: true }, signal),
    [],
  );
  const chosen = value?.find((it) => it.key === id);
  return (
    <>
      <Bar
        crumbs={id ? [{ label: "Start", href: "/start" }] : []}
        title={chosen ? nameOf(chosen) : (id ?? "Start a process")}
      />
      {error && !value && <Failed what="the processes" error={error} again={reload} />}
      {!error && !value && <Loading what="the processes" />}
      {value?.length === 0 && (
        <Empty
          title="No process can be started yet"
          action={
            <a class="button primary" href="/designer">
              New diagram
            </a>
          }
        >
          Every process that is deployed and that people may start is listed here.
        </Empty>
      )}
      {value && value.length > 0 && (
        <div class={`start ${id ? "has-one" : ""}`}>
          <List list={value} chosen={id} />
          <div class="content">
            <Main list={value} id={id} />
          </div>
        </div>
      )}
    </>
  );
}
