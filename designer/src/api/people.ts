import type { Me } from "~/frame/session";
import { change, get } from "./http";

export const readMe = () => get<Me>("/me");

export const signIn = (id: string, password: string) => change<Me>("POST", "/sign-in", { id, password });

export const signOut = () => change<void>("POST", "/sign-out");

export const createFirstAdministrator = (token: string, id: string, password: string) =>
  change<Me>("POST", "/first-administrator", { token, id, password });
