/** What a counterexample's steps mean for tokens: which flows they run along, and where they are then. Pure. */

export interface FlowNode {
  id: string;
  type: string;
  incoming: { id: string; type: string }[];
  outgoing: { id: string; type: string }[];
}

export interface Frame {
  /** Flows along which tokens run at once. */
  flows: string[];
  /** Tokens by element, when they have arrived. */
  tokens: Map<string, number>;
}

interface Step {
  node: string;
  /** The activity at whose boundary the node is. */
  host: string | null;
  keepsHost: boolean;
  flows: string[] | null;
}

const STEP = /^'([^']+)'(?: takes (.+)| interrupts '([^']+)'| fires during '([^']+)')?$/;

function parse(words: string): Step | null {
  const found = STEP.exec(words);
  if (!found?.[1]) return null;
  const [, node, flows, interrupted, during] = found;
  return {
    node,
    host: interrupted ?? during ?? null,
    keepsHost: during !== undefined,
    flows: flows ? flows.split(", ") : null,
  };
}

const isFlow = (it: { type: string }) => it.type === "bpmn:SequenceFlow";

/** Takes the tokens that a node needs off its flows: all of them where it joins. */
function take(node: FlowNode, marked: Map<string, number>): boolean {
  const incoming = node.incoming.filter(isFlow).map((it) => it.id);
  const there = incoming.filter((it) => (marked.get(it) ?? 0) > 0);
  const taken = /Parallel|Inclusive/.test(node.type) ? there : there.slice(0, 1);
  for (const flow of taken) marked.set(flow, (marked.get(flow) ?? 0) - 1);
  return taken.length > 0 || incoming.length === 0;
}

/** `stopAt`: tokens that come there stay, so that one sees them meet. */
export function frames(
  steps: readonly string[],
  stopAt: string,
  node: (id: string) => FlowNode | undefined,
  targetOf: (flow: string) => string | undefined,
): Frame[] {
  const marked = new Map<string, number>();
  const found: Frame[] = [];
  for (const step of steps.map(parse)) {
    const at = step && node(step.node);
    if (!step || !at || at.id === stopAt) continue;
    const from = step.host ? node(step.host) : at;
    if (!from || (!step.keepsHost && !take(from, marked))) continue;
    const flows = step.flows ?? at.outgoing.filter(isFlow).map((it) => it.id);
    for (const flow of flows) marked.set(flow, (marked.get(flow) ?? 0) + 1);
    const tokens = new Map<string, number>();
    for (const [flow, count] of marked) {
      const target = targetOf(flow);
      if (target && count > 0) tokens.set(target, (tokens.get(target) ?? 0) + count);
    }
    found.push({ flows, tokens });
  }
  return found;
}
