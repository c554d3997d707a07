/** People, groups and API keys: what administrators change. */
import { change, get } from "./http";
import type { ApiKey, Group, User } from "./types";

const at = (kind: "user" | "group" | "api-key", id: string, rest = "") => `/${kind}/${encodeURIComponent(id)}${rest}`;

export const users = (signal?: AbortSignal) => get<User[]>("/user", undefined, signal);
export const groups = (signal?: AbortSignal) => get<Group[]>("/group", undefined, signal);
export const apiKeys = (signal?: AbortSignal) => get<ApiKey[]>("/api-key", undefined, signal);

export interface Profile {
  id: string;
  firstName: string | null;
  lastName: string | null;
  email: string | null;
}

export const createUser = (profile: Profile, password: string | null, roles: string[]) =>
  change<void>("POST", "/user/create", { profile, credentials: password === null ? null : { password }, roles });

export const changeProfile = (profile: Profile) => change<void>("PUT", at("user", profile.id, "/profile"), profile);
export const setRoles = (id: string, roles: string[]) => change<void>("PUT", at("user", id, "/roles"), { roles });
export const setPassword = (id: string, password: string) =>
  change<void>("PUT", at("user", id, "/credentials"), { password });
export const setDisabled = (id: string, disabled: boolean) =>
  change<void>("PUT", at("user", id, "/disabled"), { disabled });
export const signOutEverywhere = (id: string) => change<void>("POST", at("user", id, "/sign-out"), {});
export const deleteUser = (id: string) => change<void>("DELETE", at("user", id));

export async function setGroups(id: string, before: readonly string[], after: readonly string[]): Promise<void> {
  const member = (group: string) => at("group", group, `/members/${encodeURIComponent(id)}`);
  for (const group of after.filter((it) => !before.includes(it))) await change<void>("PUT", member(group));
  for (const group of before.filter((it) => !after.includes(it))) await change<void>("DELETE", member(group));
}

export interface GroupBody {
  id: string;
  name: string | null;
  type: string | null;
  roles: string[];
}

export const createGroup = (group: GroupBody) => change<void>("POST", "/group/create", group);
export const changeGroup = (group: GroupBody) => change<void>("PUT", at("group", group.id), group);
export const deleteGroup = (id: string) => change<void>("DELETE", at("group", id));

export const createApiKey = (name: string, roles: string[], topics: string[], endsAt: string | null) =>
  change<ApiKey>("POST", "/api-key/create", { name, roles, topics, endsAt });
export const deleteApiKey = (id: string) => change<void>("DELETE", at("api-key", id));
