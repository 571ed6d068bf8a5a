import { Construct } from "../framework";
import { LoggingProjectSink, PubsubTopicIamMember } from "./bindings";
import type { GcpEstate } from "./estate";
import { DRIFT_FINDING } from "./parts/log-filters";

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
      filter: DRIFT_FINDING,
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
