/** Who the user says to be; there is no sign-in in this edition. */
const KEY = "baton.me";

export const me = () => localStorage.getItem(KEY) ?? "";
export const setMe = (name: string) => localStorage.setItem(KEY, name.trim());
