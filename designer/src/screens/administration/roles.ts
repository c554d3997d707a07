/** What the ready-made roles are for; what exactly each may do is in the reference (Permissions). */
export const ROLES: readonly { id: string; may: string }[] = [
  { id: "viewer", may: "see everything about processes" },
  { id: "starter", may: "start processes" },
  { id: "task-user", may: "do tasks" },
  { id: "operator", may: "see everything, repair and undo" },
  { id: "modeler", may: "draw and deploy" },
  { id: "worker", may: "fetch and complete the work of topics" },
  { id: "administrator", may: "do everything" },
];
