import { Construct } from "../framework";
import { LoggingProjectSink, PubsubTopicIamMember } from "./bindings";
import type { GcpEstate } from "./estate";

/**
 * A finding of drift is one structured log entry of whoever compares live data with training data: `finding` is `drift`,
 * `project` names the project. Entries below WARNING are figures, not findings.
 */
export const DRIFT_FILTER = 'jsonPayload.finding="drift" AND jsonPayload.project:* AND severity>=WARNING';

/**
 * Sends findings of drift to the retrain topic. What arrives there is the log entry; the handler reads the project from its
 * `jsonPayload` and takes its `insertId` as the dedupe key.
 */
export class GcpDriftSink extends Construct {
  constructor(scope: Construct, id: string, estate: GcpEstate) {
    super(scope, id);
    const topic = estate.topic("retrain");
    const sink = new LoggingProjectSink(this, "Sink", {
      name: estate.name("logSink", "drift"),
      description: "Findings of drift start retraining",
      destination: `pubsub.googleapis.com/${topic}`,
      filter: DRIFT_FILTER,
      uniqueWriterIdentity: true,
      disabled: false,
    });
    new PubsubTopicIamMember(this, "Publisher", {
      topic,
      role: "roles/pubsub.publisher",
      member: sink.writerIdentity,
    });
  }
}
