import { Context } from "@temporalio/activity";
import type { ActivityInterceptors } from "@temporalio/worker";
import type { ActivityHost, Json, Metrics } from "./activity-host.ts";
import { failureType } from "./failure-type.ts";
import { FailedAttempts } from "./failed-attempts.ts";
import { asFailure } from "./failures.ts";
import { ENDLESS } from "./live/attempts.ts";
import { subjectOf } from "./workflow-ids.ts";

/** The host of the activity that is running where this is called, from Temporal's own context. */
export function temporalHost(metrics: Metrics): ActivityHost {
  const context = Context.current();
  const { info } = context;
  return {
    signal: context.cancellationSignal,
    attempt: info.attempt,
    workflow: info.workflowExecution?.workflowId ?? "",
    activity: info.activityType,
    before: (info.heartbeatDetails ?? null) as Json,
    heartbeat: (progress) => context.heartbeat(progress),
    log: (level, message, fields = {}) => context.log[level](message, { ...fields }),
    now: () => Date.now(),
    metrics,
    tell: (workflow) => context.client.workflow.getHandle(workflow).signal("candles"),
  };
}

/** Around every attempt: what it throws is typed, how long it took and that it failed is measured. */
export function activityInterceptors(metrics: Metrics): (context: Context) => ActivityInterceptors {
  const attempts = new FailedAttempts();
  return (context) => ({
    inbound: {
      async execute(input, next) {
        const { activityType: activity, workflowExecution } = context.info;
        const { symbol } = subjectOf(workflowExecution?.workflowId ?? "");
        const labels = { activity, ...(symbol === null ? {} : { symbol }) };
        const id = `${workflowExecution?.runId} ${context.info.activityId}`;
        const began = performance.now();
        try {
          const output = await next(input);
          if (attempts.count(id) > 0) metrics.gauge("failing_attempts", 0, labels);
          attempts.ended(id);
          return output;
        } catch (error) {
          const failure = asFailure(error, context.cancellationSignal);
          if (!context.cancellationSignal.aborted)
            metrics.count("errors", 1, { ...labels, type: failureType(failure) ?? "unexpected" });
          const thrown = attempts.failed(id, failure, ENDLESS.includes(activity));
          metrics.gauge("failing_attempts", attempts.count(id), labels); // 0: it is not tried again
          throw thrown;
        } finally {
          metrics.observe("activity_seconds", (performance.now() - began) / 1000, { activity });
        }
      },
    },
  });
}
