import type Canvas from "diagram-js/lib/core/Canvas";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { StartDialog } from "~/forms/StartDialog";
import { Bar } from "~/frame/Bar";
import { navigate, paths } from "~/frame/router";
import { useSession, whyNot } from "~/frame/session";
import { Failed, Loading } from "~/ui/basics";
import { Deed } from "~/ui/Deed";
import { Lazy } from "~/ui/Lazy";
import { Menu, type MenuEntry } from "~/ui/Menu";
import { isNarrow } from "~/ui/narrow";
import { Resizer } from "~/ui/Resizer";
import { toast, toastError } from "~/ui/toast";
import { useStored } from "~/ui/useStored";
import { crumbsOf, goBack, openCalled, wayOf } from "../called";
import { useConversion } from "./convert/useConversion";
import { DraftBanners, Saved } from "./DraftBanners";
import { useDeploy } from "./deploy/useDeploy";
import { useElementTemplates } from "./elements/useElementTemplates";
import { download, toSvg, toXml } from "./files";
import { FileEditor } from "./files/FileEditor";
import { FilesDialog } from "./files/FilesDialog";
import { replaceFiles } from "./files/kinds";
import { readFiles } from "./files/opening";
import { useFiles } from "./files/useFiles";
import { useKeys } from "./keyboard/useKeys";
import type { Modeler } from "./modeler";
import type { BatonProvider } from "./panel/provider";
import { useConditionTest } from "./panel/useConditionTest";
import { useVariables } from "./panel/useVariables";
import { ProblemsDrawer } from "./problems/ProblemsDrawer";
import { selectElement } from "./problems/problemMarks";
import { useCheck } from "./problems/useCheck";
import { isEmpty, processInfo } from "./process";
import { replaceScenarios } from "./simulate/scenario";
import type { Scenarios } from "./simulate/useScenarios";
import type { Copy } from "./templates/copy";
import { StartView } from "./templates/StartView";
import { TemplateDialog } from "./templates/TemplateDialog";
import { DesignerTools } from "./tools/DesignerTools";
import { toPng } from "./tools/png";
import { ToolIcon } from "./tools/ToolIcon";
import { useDocument } from "./useDocument";
import { useDrop } from "./useDrop";
import { useModeler } from "./useModeler";
import { useOpening } from "./useOpening";
import { useSimulate } from "./useSimulate";
import { VersionsDialog } from "./VersionsDialog";

const migrateSheet = () => import("../migrate/MigrateSheet").then((it) => it.MigrateSheet);
const deploySheet = () => import("./deploy/DeploySheet").then((it) => it.DeploySheet);
const templateDialog = () => import("./elements/ElementTemplateDialog").then((it) => it.ElementTemplateDialog);
const conditionDialog = () => import("./panel/ConditionDialog").then((it) => it.ConditionDialog);
const xmlView = () => import("./tools/XmlView").then((it) => it.XmlView);
const draftsDialog = () => import("./DraftsDialog").then((it) => it.DraftsDialog);
const conversionDialog = () => import("./convert/ConversionDialog").then((it) => it.ConversionDialog);
const simulation = () => import("./simulate/Simulation").then((it) => it.Simulation);

const DEPLOY = "deployment:create";
const CHECK = "process-definition:check";
const START = "process-definition:start";
/** A key does what its button does: for those who may not, it says what is missing. */
const orSayWhyNot = (missing: string | null, act: () => void) => (missing ? () => toast(missing, true) : act);

interface Choices {
  pick: () => void;
  chooseTemplate: () => void;
  showXml: () => void;
  showFiles: () => void;
  showDrafts: () => void;
  /** Null while there is no draft. */
  versions: (() => void) | null;
}

function menu(
  modeler: Modeler,
  { pick, chooseTemplate, showXml, showFiles, showDrafts, versions }: Choices,
): MenuEntry[] {
  const name = processInfo(modeler)?.id ?? "diagram";
  return [
    { label: "New diagram", run: () => navigate("/designer") },
    { label: "New from a template…", run: chooseTemplate },
    { label: "Open files…", run: pick, keys: "or drop them" },
    { label: "Forms and decisions…", run: showFiles },
    { label: "Drafts…", run: showDrafts },
    { label: "Versions of this draft…", run: () => versions?.(), disabled: !versions },
    {
      label: "Export BPMN",
      run: () => void toXml(modeler).then((xml) => download(`${name}.bpmn`, xml, "application/xml"), toastError),
      ruleBefore: true,
    },
    {
      label: "Export SVG",
      run: () => void toSvg(modeler).then((svg) => download(`${name}.svg`, svg, "image/svg+xml"), toastError),
    },
    {
      label: "Export PNG",
      run: () =>
        void toSvg(modeler)
          .then(toPng)
          .then((png) => download(`${name}.png`, png, "image/png"))
          .catch(toastError),
    },
    { label: "Show the XML", run: showXml, ruleBefore: true },
  ];
}

export function DesignerScreen({ id, query }: { id: string | null; query: URLSearchParams }) {
  const canvas = useRef<HTMLDivElement>(null);
  const properties = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [width, setWidth] = useStored("properties.width", 320);
  const [open, setOpen] = useStored(isNarrow() ? "properties.open.narrow" : "properties.open", !isNarrow());
  const [starting, setStarting] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const [xmlShown, setXmlShown] = useState(false);
  const [versions, setVersions] = useState(false);
  const [draftsShown, setDraftsShown] = useState(false);
  const [filesShown, setFilesShown] = useState(false);
  const { loaded, error } = useModeler(canvas, properties);
  const modeler = loaded?.modeler ?? null;
  const doc = useDocument(modeler, id, loaded?.changes ?? 0);
  const check = useCheck(modeler, doc.files, (loaded?.changes ?? 0) + doc.ready);
  useEffect(() => modeler?.get<BatonProvider>("batonPanel").setProblems(check.problems), [modeler, check.problems]);
  useVariables(modeler, doc.files, (loaded?.changes ?? 0) + doc.ready, open);
  const testing = useConditionTest(modeler);
  const templating = useElementTemplates(modeler);
  const converting = useConversion();
  const simulating = useSimulate(modeler, doc.files, check);
  const files = useFiles(modeler, doc);
  const away = simulating.draft !== null || files.editing !== null;
  const scenarios: Scenarios = {
    all: doc.scenarios,
    save: (one) => doc.setScenarios(replaceScenarios(doc.scenarios, [one])),
    remove: (name) => doc.setScenarios(doc.scenarios.filter((it) => it.name !== name)),
  };
  const deploy = useDeploy(modeler, doc, check, () => setStarting(true));
  const session = useSession();
  const failed = error ?? doc.error;
  const drawing = !away && !failed;
  const simulate = simulating.draft ? simulating.end : simulating.begin;
  const way = wayOf(query);
  useOpening(modeler, {
    call: (key) => openCalled(key, [...way, ...(id ? [id] : [])], paths.designer),
    up: () => goBack(way, paths.designer),
  });
  useKeys(drawing ? modeler : null, {
    deploy: orSayWhyNot(whyNot(session, DEPLOY), deploy.begin),
    simulate: orSayWhyNot(whyNot(session, CHECK), simulate),
    openPanel: () => setOpen(true),
  });
  // What one comes for: the keys of the canvas work from the beginning.
  useLayoutEffect(() => {
    if (modeler && doc.ready && drawing && !document.querySelector("dialog[open]"))
      modeler.get<Canvas>("canvas").focus();
  }, [modeler, doc.ready, drawing]);

  const take = async (list: readonly File[]) => {
    const { bpmn, files: beside, scenarios: tried } = await readFiles(list);
    if (bpmn !== null) {
      await doc.open(bpmn, { files: beside, scenarios: tried });
      return converting.offer(bpmn, beside);
    }
    if (beside.length) doc.setFiles(replaceFiles(doc.files, beside));
    if (tried.length) doc.setScenarios(replaceScenarios(doc.scenarios, tried));
    toast(`Beside the diagram now: ${list.map((it) => it.name).join(", ")}`);
  };
  const begin = (list: readonly File[]) => void take(list).catch(toastError);
  const beginCopy = ({ xml, files: beside }: Copy) => doc.open(xml, { files: beside, scenarios: [] });
  const over = useDrop(begin);
  const info = modeler && doc.ready ? processInfo(modeler) : null;
  const title = failed ? "Diagram" : info?.name || doc.origin?.name || doc.origin?.key || "New diagram";
  return (
    <>
      <Bar
        crumbs={[{ label: "Designer", href: "/designer" }, ...crumbsOf(way, paths.designer)]}
        title={title}
        badge={<Saved document={doc} />}
      >
        <Deed
          needs={CHECK}
          class="button"
          pressed={simulating.draft !== null}
          disabled={!modeler || failed !== null}
          title="Ctrl Enter"
          onClick={simulate}
        >
          {simulating.draft ? "Back to drawing" : "Simulate"}
        </Deed>
        {!simulating.draft && (
          <Deed
            needs={START}
            whose={doc.origin ? { key: doc.origin.key, tenantId: doc.origin.tenantId ?? undefined } : undefined}
            class="button"
            disabled={!doc.origin || doc.dirty}
            title={doc.dirty ? "Deploy first: only what is deployed can be started" : ""}
            onClick={() => setStarting(true)}
          >
            Start…
          </Deed>
        )}
        <Deed
          needs={DEPLOY}
          class="button primary"
          disabled={!modeler || failed !== null || deploy.busy}
          title="Ctrl S"
          onClick={deploy.begin}
        >
          Deploy
        </Deed>
        {!away && (
          <button
            type="button"
            class="button icon"
            aria-label="Properties"
            aria-pressed={open}
            title="Show or hide the properties"
            onClick={() => setOpen(!open)}
          >
            <ToolIcon name="panel" size={18} />
          </button>
        )}
        {modeler && (
          <Menu
            label="More"
            entries={menu(modeler, {
              pick: () => input.current?.click(),
              chooseTemplate: () => setChoosing(true),
              showXml: () => setXmlShown(true),
              showFiles: () => setFilesShown(true),
              showDrafts: () => setDraftsShown(true),
              versions: doc.draft ? () => setVersions(true) : null,
            })}
          />
        )}
      </Bar>
      <DraftBanners document={doc} onAll={() => setDraftsShown(true)} />
      {simulating.draft && <Lazy load={simulation} props={{ draft: simulating.draft, scenarios }} />}
      {!simulating.draft && files.editing && <FileEditor file={files.editing} files={doc.files} actions={files} />}
      <div class="stage" hidden={away}>
        <div class="stage-main">
          <div class="diagram designer" data-testid="canvas">
            <div ref={canvas} hidden={failed !== null} style={{ position: "absolute", inset: 0 }} />
            {!failed && !doc.ready && (
              <div class="cover">
                <Loading what="the designer" />
              </div>
            )}
            {failed && (
              <div class="cover">
                <Failed what="the diagram" error={failed} again={() => window.location.reload()} />
              </div>
            )}
            {modeler && doc.ready > 0 && !failed && isEmpty(modeler) && <StartView onPick={beginCopy} />}
            {modeler && doc.ready > 0 && !failed && <DesignerTools modeler={modeler} />}
            {over && <div class="drop">Drop a process, forms and decisions to open them</div>}
          </div>
          {modeler && !failed && <ProblemsDrawer check={check} modeler={modeler} />}
        </div>
        <aside class="panel" style={{ width, display: open ? undefined : "none" }} aria-label="Properties">
          <Resizer label="Width of the properties" axis="vertical" size={width} min={240} max={640} onSize={setWidth} />
          <div class="properties" ref={properties} />
        </aside>
      </div>
      <input
        ref={input}
        type="file"
        accept=".bpmn,.xml,.bpmn20.xml,.dmn,.form,.json,.py,.feel,.js"
        multiple
        hidden
        onChange={(event) => {
          begin([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      {testing.condition && (
        <Lazy
          load={conditionDialog}
          props={{ condition: testing.condition, scenarios: scenarios.all, onClose: testing.end }}
        />
      )}
      {templating.element && modeler && (
        <Lazy
          load={templateDialog}
          props={{ modeler, element: templating.element, files: doc.files, onClose: templating.end }}
          what="the templates"
        />
      )}
      {converting.found && (
        <Lazy
          load={conversionDialog}
          props={{
            found: converting.found,
            onConvert: () => {
              void doc
                .open(converting.found?.bpmn ?? "", { files: [...doc.files], scenarios: doc.scenarios })
                .catch(toastError);
              converting.close();
            },
            onClose: converting.close,
          }}
          what="what would be converted"
        />
      )}
      {xmlShown && modeler && (
        <Lazy
          load={xmlView}
          props={{
            modeler,
            files: doc.files,
            onElement: (element: string) => {
              setXmlShown(false);
              selectElement(modeler, element);
            },
            onClose: () => setXmlShown(false),
          }}
        />
      )}
      {filesShown && (
        <FilesDialog
          files={doc.files}
          actions={files}
          onAdd={() => input.current?.click()}
          onClose={() => setFilesShown(false)}
        />
      )}
      {choosing && <TemplateDialog onPick={beginCopy} onClose={() => setChoosing(false)} />}
      {deploy.sheet && modeler && (
        <Lazy
          load={deploySheet}
          props={{
            ...deploy.sheet,
            modeler,
            files: doc.files,
            origin: doc.origin,
            busy: deploy.busy,
            onDeploy: deploy.deploy,
            onClose: deploy.close,
          }}
        />
      )}
      {draftsShown && (
        <Lazy
          load={draftsDialog}
          props={{ open: doc.draft?.id ?? null, onClose: () => setDraftsShown(false) }}
          what="the drafts"
        />
      )}
      {versions && doc.draft && (
        <VersionsDialog
          draft={doc.draft}
          onShow={(version) => {
            setVersions(false);
            void doc.showVersion(version).catch(toastError);
          }}
          onClose={() => setVersions(false)}
        />
      )}
      {deploy.migrating && (
        <Lazy
          quiet
          load={migrateSheet}
          props={{
            process: deploy.migrating.key,
            to: deploy.migrating.id,
            choose: (from: string) => ({
              chosen: { overviewQuery: { processDefinitionId: from, state: "active,suspended" } },
            }),
            onBegun: (batch: string | null) => batch && navigate(paths.batch(batch)),
            onClose: deploy.endMigrating,
          }}
        />
      )}
      {starting && doc.origin && <StartDialog definition={doc.origin} onClose={() => setStarting(false)} />}
    </>
  );
}
