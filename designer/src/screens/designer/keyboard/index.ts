import { KeyboardConnecting } from "./connecting";
import { KeyboardPlacing } from "./placing";
import { KeyboardWalking } from "./walking";

/** Drawing without a mouse. */
export const KeyboardModule = {
  __init__: ["keyboardPlacing", "keyboardConnecting", "keyboardWalking"],
  keyboardPlacing: ["type", KeyboardPlacing],
  keyboardConnecting: ["type", KeyboardConnecting],
  keyboardWalking: ["type", KeyboardWalking],
};
