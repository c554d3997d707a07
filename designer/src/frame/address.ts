import { paths } from "./router";

/** A called process is a scope inside its caller's instance: its id is `<instance id>.<token>`. */
export interface Address {
  instance: string;
  process: number;
}

export function parseAddress(id: string): Address {
  const found = /^(.*)\.(\d+)$/.exec(id);
  return found?.[1] ? { instance: found[1], process: Number(found[2]) } : { instance: id, process: 0 };
}

export const addressOf = ({ instance, process }: Address) => (process ? `${instance}.${process}` : instance);

/** The page of one process of an instance, at the moment that is shown, with an element selected. */
export function pageOf(address: Address, at: number | null, element?: string): string {
  const query = new URLSearchParams();
  if (at !== null) query.set("at", String(at));
  if (element) query.set("element", element);
  return paths.instance(addressOf(address)) + (query.size ? `?${query}` : "");
}
