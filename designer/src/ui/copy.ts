/** Copies, and says what or why not. How comes when it is asked for. */
export const copy = (text: string, what: string) => import("./copying").then((it) => it.copyAndTell(text, what));
