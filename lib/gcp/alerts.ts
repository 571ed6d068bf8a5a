import type { MonitoringProps } from "../contracts/monitoring";
import { shortHash } from "../core/hash";
import { LayerStack } from "../core/layer-stack";
import { Construct } from "../framework";
import { MonitoringAlertPolicy, MonitoringNotificationChannel } from "./bindings";
import type { GcpEstate } from "./estate";
import { type AlertRow, alertRows } from "./parts/alert-table";

/** An incident that nothing speaks for any more is closed after so many seconds; the least that is taken. */
const AUTO_CLOSE = "1800s";
/** One mail an hour about the same lines in a log. */
const RATE_LIMIT = "3600s";

/** Ways to tell people, one for each mail address of a layer, whoever asks for it. Gives their resource names. */
export function mailChannels(scope: Construct, emails: readonly string[], estate: GcpEstate): string[] {
  const stack = LayerStack.ofLayer(scope);
  const parent = stack.node.tryFindChild("Channels") ?? new Construct(stack, "Channels");
  return emails.map((email) => {
    const id = `Email-${shortHash(email)}`;
    const known = parent.node.tryFindChild(id);
    if (known instanceof MonitoringNotificationChannel) return known.name;
    return new MonitoringNotificationChannel(parent, id, {
      displayName: email,
      type: "email",
      labels: { email_address: email },
      enabled: true,
      userLabels: estate.labels(scope),
    }).name;
  });
}

/** The alerts of an environment. */
export class GcpAlerts extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: MonitoringProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const channels = mailChannels(this, props.alerts.email, estate);
    for (const row of alertRows(estate, props)) this.alert(row, channels);
  }

  private alert({ id, title, severity, when, next }: AlertRow, channels: string[]): void {
    const { environment } = this.estate.settings;
    const byLog = "log" in when;
    new MonitoringAlertPolicy(this, id, {
      displayName: `${environment}: ${title}`,
      severity,
      combiner: "OR",
      enabled: true,
      conditions: [{ displayName: title, ...conditionOf(id, when) }],
      notificationChannels: channels,
      documentation: {
        subject: `${environment}: ${title}`,
        content: `**What next:** ${next}`,
        mimeType: "text/markdown",
      },
      alertStrategy: {
        autoClose: AUTO_CLOSE,
        // An incident of the logs ends without a sign.
        notificationPrompts: byLog ? ["OPENED"] : ["OPENED", "CLOSED"],
        ...(byLog ? { notificationRateLimit: { period: RATE_LIMIT } } : {}),
      },
      userLabels: this.estate.labels(this),
    });
  }
}

function conditionOf(alertRule: string, when: AlertRow["when"]) {
  if ("log" in when) return { conditionMatchedLog: { filter: when.log } };
  return {
    conditionPrometheusQueryLanguage: {
      query: when.promql,
      duration: `${when.forMinutes * 60}s`,
      evaluationInterval: "60s",
      alertRule,
      // Most series begin with the first request or the first event, long after the alert is made.
      disableMetricValidation: true,
    },
  };
}
