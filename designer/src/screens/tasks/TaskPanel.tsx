import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "~/api/http";
import { businessKeys } from "~/api/instance-lists";
import { definitionXml } from "~/api/models";
import { candidateGroups, task, taskVariables } from "~/api/tasks";
import type { UserTask, Variables } from "~/api/types";
import { elementNames } from "~/diagram/fileNames";
import { processOf } from "~/diagram/withDiagram";
import { fillForm, type LoadedForm, loadTaskForm } from "~/forms/load";
import { listKeys } from "~/forms/schema/schema";
import { show } from "~/forms/variables";
import { navigate, paths } from "~/frame/router";
import { Ago, Failed, Loading, Until, useNow } from "~/ui/basics";
import { shortId } from "~/ui/format";
import { Lazy } from "~/ui/Lazy";
import { Tabs } from "~/ui/Tabs";
import { useResource } from "~/ui/useResource";
import { Due } from "./Due";
import { TaskActions } from "./TaskActions";
import { TaskForm } from "./TaskForm";
import { TaskHistory } from "./TaskHistory";
import { nameOf } from "./TaskTable";

interface Loaded {
  one: UserTask;
  variables: Variables;
  form: LoadedForm;
  /** Null: the task belongs to no process. */
  xml: string | null;
  groups: string[];
  businessKey: string | undefined;
  /** Of what the task is a part; undefined if that is not open any more. */
  whole: UserTask | undefined;
}

async function load(id: string, signal: AbortSignal): Promise<Loaded> {
  const one = await task(id, signal);
  const whole = one.parentTaskId ? task(one.parentTaskId, signal).catch(() => undefined) : undefined;
  const [xml, variables, form, groups, keys] = await Promise.all([
    one.processDefinitionId && definitionXml(one.processDefinitionId),
    taskVariables(id),
    loadTaskForm(one),
    candidateGroups(id),
    businessKeys([one.processInstanceId]),
  ]);
  const businessKey = keys.get(one.processInstanceId ?? "");
  return { one, variables, form: fillForm(form, variables), xml, groups, businessKey, whole: await whole };
}

const USUAL_PRIORITY = 50;
const comments = () => import("../comments/Comments").then((it) => it.Comments);
const diagram = () => import("~/diagram/StillDiagram").then((it) => it.StillDiagram);

function People({ one, groups }: Pick<Loaded, "one" | "groups">) {
  const by = one.delegationState === "PENDING" && one.owner ? `, for ${one.owner}` : "";
  return (
    <>
      {one.assignee ? `Assigned to ${one.assignee}${by}` : "Nobody has claimed it"}
      {groups.length > 0 && <span class="secondary"> · {groups.join(", ")}</span>}
    </>
  );
}

function Facts({ one, xml, groups, businessKey, whole }: Loaded) {
  const now = useNow();
  const key = processOf(one.processDefinitionId);
  return (
    <dl class="facts task-facts">
      <div>
        <dt>Who</dt>
        <dd>
          <People one={one} groups={groups} />
        </dd>
      </div>
      {one.processInstanceId && (
        <div>
          <dt>Instance</dt>
          <dd>
            <a href={paths.instance(one.processInstanceId)} title={one.processInstanceId}>
              {businessKey ?? shortId(one.processInstanceId)}
            </a>
          </dd>
        </div>
      )}
      <div>
        <dt>Process</dt>
        <dd title={key}>{xml ? (elementNames(xml).get(key) ?? key) : <span class="secondary">none</span>}</dd>
      </div>
      {one.parentTaskId && (
        <div>
          <dt>Part of</dt>
          <dd>{whole ? <a href={`/tasks/${encodeURIComponent(whole.id)}`}>{nameOf(whole)}</a> : one.parentTaskId}</dd>
        </div>
      )}
      <div>
        <dt>Waiting since</dt>
        <dd>
          <Ago at={one.created} now={now} />
        </dd>
      </div>
      {one.due && (
        <div>
          <dt>Due</dt>
          <dd>
            <Due at={one.due} now={now} />
          </dd>
        </div>
      )}
      {one.followUp && (
        <div>
          <dt>Put off</dt>
          <dd>
            <Until at={one.followUp} now={now} />
          </dd>
        </div>
      )}
      {one.priority !== USUAL_PRIORITY && (
        <div>
          <dt>Priority</dt>
          <dd class="numbers">{one.priority}</dd>
        </div>
      )}
    </dl>
  );
}

/** What else the instance knows: everything that no field of the form shows. */
function Context({ variables, form }: Pick<Loaded, "variables" | "form">) {
  const asked = new Set([...form.fields.map((it) => it.id), ...listKeys(form.schema?.components ?? [])]);
  const rest = Object.entries(variables)
    .filter(([name]) => !asked.has(name))
    .sort(([a], [b]) => a.localeCompare(b));
  if (!rest.length) return null;
  return (
    <section aria-label="What is known">
      <dl class="facts">
        {rest.map(([name, it]) => (
          <div key={name}>
            <dt title={name}>{name}</dt>
            <dd>{show(it)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

type Tab = "form" | "diagram" | "history" | "comments";

const TABS: { id: Tab; label: string }[] = [
  { id: "form", label: "Task" },
  { id: "diagram", label: "Diagram" },
  { id: "history", label: "History" },
  { id: "comments", label: "Comments" },
];
const OF_PROCESS = new Set<Tab>(["diagram", "history"]);

interface Props {
  id: string;
  /** The address of the list. */
  list: string;
  /** The task as the list has it now: the panel follows. */
  listed: UserTask | undefined;
  onDone: () => void;
  onChange: () => void;
}

function Body({ value, tab, onDone }: { value: Loaded; tab: Tab; onDone: () => void }) {
  const { one, form, variables, xml } = value;
  const process = processOf(one.processDefinitionId);
  const { processInstanceId: instance, processDefinitionId: definition } = one;
  if (tab === "diagram" && xml)
    return (
      <div class="task-diagram">
        <Lazy load={diagram} props={{ xml, process, at: one.taskDefinitionKey ?? "" }} />
      </div>
    );
  return (
    <div class="panel-body">
      {tab === "history" && instance && definition && <TaskHistory instance={instance} definition={definition} />}
      {tab === "comments" && (
        <Lazy
          load={comments}
          what="the comments"
          props={{ instance: instance ?? "", task: one, whose: { key: process, tenantId: one.tenantId } }}
        />
      )}
      {tab === "form" && (
        <>
          <Facts {...value} />
          {one.description && <p>{one.description}</p>}
          <Context variables={variables} form={form} />
          <TaskForm task={one} form={form} onDone={onDone} />
        </>
      )}
    </div>
  );
}

/** Loads again what the list shows otherwise, or not at all any more. */
function useListed(loaded: UserTask | undefined, listed: UserTask | undefined, reload: () => void): void {
  const row = listed && JSON.stringify(listed);
  const was = useRef(row);
  useEffect(() => {
    const isNews = row ? row !== JSON.stringify(loaded) : was.current !== undefined;
    was.current = row;
    if (loaded && isNews) reload();
  }, [row]);
}

export function TaskPanel({ id, list, listed, onDone, onChange }: Props) {
  const { value: loaded, error, reload } = useResource((signal) => load(id, signal), [id]);
  useListed(loaded?.one, listed, reload);
  const isGone = error instanceof ApiError && error.status === 404;
  const value = isGone ? undefined : loaded;
  const [tab, setTab] = useState<Tab>("form");
  const heading = useRef<HTMLHeadingElement>(null);
  // The keyboard goes on in the task that was opened.
  useLayoutEffect(() => heading.current?.focus(), [value?.one.id]);
  const leave = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) navigate(list);
  };
  return (
    <aside class="panel task-panel" aria-label="Task" onKeyDown={leave}>
      <header class="task-head">
        <a class="back" href={list}>
          ‹ All tasks
        </a>
        {value && (
          <div class="row">
            <h2 class="grow clip" tabIndex={-1} ref={heading}>
              {nameOf(value.one)}
            </h2>
            <TaskActions
              task={value.one}
              onChange={() => {
                reload();
                onChange();
              }}
              onGone={onDone}
            />
          </div>
        )}
      </header>
      {value && (
        <Tabs
          label="About the task"
          current={tab}
          onSelect={setTab}
          tabs={value.xml ? TABS : TABS.filter((it) => !OF_PROCESS.has(it.id))}
        />
      )}
      {!value &&
        (error ? (
          <Failed what="this task" error={error} again={reload} others="/tasks" />
        ) : (
          <Loading what="the task" />
        ))}
      {value && <Body value={value} tab={tab} onDone={onDone} />}
    </aside>
  );
}
