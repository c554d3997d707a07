import { useEffect, useState } from "preact/hooks";
import { Icon } from "~/ui/icons";
import { Lazy } from "~/ui/Lazy";
import { Resizer } from "~/ui/Resizer";
import { Tabs } from "~/ui/Tabs";
import { useStored } from "~/ui/useStored";
import { InstanceTab } from "./InstanceTab";
import { elementTab, incidentsTab, ledgerTab, type PanelProps, variablesTab } from "./panel";

type Tab = "element" | "variables" | "ledger" | "incidents";

export function SidePanel(props: PanelProps) {
  const [tab, setTab] = useState<Tab>("element");
  // The panel stays open while something needs attention.
  const [up, setUp] = useState(props.view.incidents.size > 0);
  const [width, setWidth] = useStored("panel.width", 360);
  useEffect(() => {
    if (!props.selected) return;
    if (tab !== "ledger") setTab("element");
    setUp(true);
  }, [props.selected]);
  const { view } = props;
  return (
    <aside class={`panel ${up ? "" : "put-away"}`} style={{ width }} aria-label="Details">
      <Resizer label="Width of the details" axis="vertical" size={width} min={260} max={640} onSize={setWidth} />
      <div class="sheet-head">
        <Tabs
          label="Details"
          current={tab}
          onSelect={(next) => {
            setTab(next);
            setUp(true);
          }}
          tabs={[
            { id: "element", label: props.selected ? "Element" : "Instance" },
            { id: "variables", label: "Variables" },
            { id: "ledger", label: "Ledger", count: view.ledger.size },
            { id: "incidents", label: "Incidents", count: view.incidents.size, bad: true },
          ]}
        />
        <button type="button" class="sheet-handle" aria-expanded={up} onClick={() => setUp(!up)}>
          <Icon name={up ? "chevron" : "up"} size={16} />
          <span class="visually-hidden">{up ? "Put away the details" : "Pull up the details"}</span>
        </button>
      </div>
      <div class="panel-body" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {tab === "element" && <Selected {...props} />}
        {tab === "variables" && <Lazy load={variablesTab} props={props} />}
        {tab === "ledger" && <Lazy load={ledgerTab} props={props} />}
        {tab === "incidents" && <Lazy load={incidentsTab} props={props} what="the incidents" />}
      </div>
    </aside>
  );
}

/** Nothing selected shows the instance. */
function Selected(props: PanelProps) {
  const { selected } = props;
  return selected ? (
    <Lazy load={elementTab} props={{ ...props, selected }} what="the element" />
  ) : (
    <InstanceTab {...props} />
  );
}
