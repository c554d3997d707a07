import type { Me } from "~/frame/session";
import { change, get } from "./http";
import { tellTabs } from "./people";

export const signIn = (id: string, password: string) => tellTabs(change<Me>("POST", "/sign-in", { id, password }));

export interface WaysToSignIn {
  required: boolean;
  provider: { label: string; href: string } | null;
}

export const readWaysToSignIn = (signal?: AbortSignal) => get<WaysToSignIn>("/sign-in", undefined, signal);

export const createFirstAdministrator = (token: string, id: string, password: string) =>
  change<Me>("POST", "/first-administrator", { token, id, password });
