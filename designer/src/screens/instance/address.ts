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
