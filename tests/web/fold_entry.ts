/** What the tests need of the designer's fold, built as for a server. */
export { apply, fold } from "../../designer/src/live/fold";
export { statedOf } from "../../designer/src/live/view";
