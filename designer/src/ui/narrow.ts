/** The width up to which the rail is at the foot and panels are sheets; `narrow.css` says the same. */
export const isNarrow = (): boolean => window.matchMedia("(max-width: 760px)").matches;
