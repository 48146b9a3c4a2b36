// What workers can run: one line for each folder. The names exported there are the types of workflows.
export { backfill, backfillSeries } from "./backfill/workflow.ts";
export { ingest } from "./ingest/workflow.ts";
export { label } from "./label/workflow.ts";
export { live } from "./live/workflow.ts";
export { train } from "./train/workflow.ts";
export { reembed } from "./reembed/workflow.ts";
export { audit } from "./audit/workflow.ts";
export { scheduled } from "./schedules/workflow.ts";
