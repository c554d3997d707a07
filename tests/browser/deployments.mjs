// What tests deploy.
import { readFileSync } from "node:fs";
import { rest } from "./support.mjs";

const models = new URL("models/", import.meta.url);

/** The text of a model of the tests. @param {string} name of its file */
export const readModel = (name) => readFileSync(new URL(name, models), "utf8");

/**
 * Deploys files together.
 * @param {Record<string, string>} files by name
 * @returns {Promise<string[]>} the ids of the definitions in them
 */
export async function deploy(files) {
  const form = new FormData();
  for (const [name, text] of Object.entries(files)) form.set(name, new Blob([text]), name);
  const { deployedProcessDefinitions } = await rest("/deployment/create", form);
  return Object.keys(deployedProcessDefinitions ?? {});
}

/** Deploys models of the tests together. @param {string[]} names of their files */
export const deployModels = (...names) => deploy(Object.fromEntries(names.map((name) => [name, readModel(name)])));
