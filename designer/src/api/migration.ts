/** Instances that go on in another version of their process: the plan made, checked, tried on instances, executed. */

import { beginFor, type Chosen } from "./batches";
import { change } from "./http";
import type { MigrationChoice, MigrationPlan, MigrationPlanReport, MigrationPreview, NewBatch } from "./types";

/** `updateEventTriggers`: what events wait for is opened again. */
export const generatePlan = (
  sourceProcessDefinitionId: string,
  targetProcessDefinitionId: string,
  updateEventTriggers = false,
) =>
  change<MigrationPlan>("POST", "/migration/generate", {
    sourceProcessDefinitionId,
    targetProcessDefinitionId,
    updateEventTriggers,
  });

/** For each element at which a token may rest, what it can become. */
export const listChoices = (plan: MigrationPlan) => change<MigrationChoice[]>("POST", "/migration/choices", plan);

export const validatePlan = (plan: MigrationPlan) => change<MigrationPlanReport>("POST", "/migration/validate", plan);

/** Which of the instances cannot be migrated now; nothing is changed. */
export const previewMigration = (migrationPlan: MigrationPlan, chosen: Chosen) =>
  beginFor<MigrationPreview>("/migration/preview", chosen, { migrationPlan });

export const migrateMany = (migrationPlan: MigrationPlan, chosen: Chosen) =>
  beginFor<NewBatch>("/migration/executeAsync", chosen, { migrationPlan });

/** At once, or not at all. */
export const migrateNow = (migrationPlan: MigrationPlan, chosen: Chosen) =>
  beginFor<void>("/migration/execute", chosen, { migrationPlan });
