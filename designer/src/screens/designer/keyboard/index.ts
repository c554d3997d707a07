import { KeyboardConnecting } from "./connecting";
import { FastMenus } from "./fastMenus";
import { KeyboardPlacing } from "./placing";
import { KeyboardWalking } from "./walking";

/** Drawing without a mouse. */
export const KeyboardModule = {
  __init__: ["keyboardPlacing", "keyboardConnecting", "keyboardWalking", "fastMenus"],
  keyboardPlacing: ["type", KeyboardPlacing],
  keyboardConnecting: ["type", KeyboardConnecting],
  keyboardWalking: ["type", KeyboardWalking],
  fastMenus: ["type", FastMenus],
};
