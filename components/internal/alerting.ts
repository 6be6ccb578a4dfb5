/** Who is told of which alert, as charts/observability takes it. */

export interface Webhook {
  /** Where alerts are posted to. */
  url: string;
  /** A Secret with the key "token", sent as Authorization: Bearer. */
  existingSecret?: string;
}

export interface Slack {
  /** Such as #mesh. */
  channel: string;
  /** A Secret with the key "url". */
  existingSecret: string;
}

export interface PagerDuty {
  /** A Secret with the key "routing-key". */
  existingSecret: string;
}

export interface Email {
  /** Who gets it. */
  to: string;
  /** Who it is from. */
  from: string;
  /** The mail server as HOST:PORT. */
  smarthost: string;
  /** The login there. */
  username: string;
  /** A Secret with the key "password". */
  existingSecret: string;
}

/** One way or several at once. */
export interface Receiver {
  /** By a request. */
  webhook?: Webhook;
  /** By a message in a channel. */
  slack?: Slack;
  /** By an incident. */
  pagerduty?: PagerDuty;
  /** By mail. */
  email?: Email;
}

export interface Receivers {
  /** Wakes somebody. */
  critical?: Receiver;
  /** Is read in the morning. */
  warning?: Receiver;
  /** A dead man's switch, which calls when the alert that always fires stops coming. */
  watchdog?: Receiver;
}

/** Who of a team is told in place of everybody. */
export interface TeamReceivers {
  /** Wakes somebody. */
  critical?: Receiver;
  /** Is read in the morning. */
  warning?: Receiver;
}

/** When warnings are told; they wait for it. */
export interface WarningHours {
  /** Such as monday:friday. */
  days: string[];
  /** Such as 08:00. */
  from: string;
  /** Such as 18:00. */
  to: string;
  /** Such as Europe/Berlin. */
  timeZone: string;
}

export interface Alerting {
  /** Who is told, by severity; whoever is not named has to look for himself. */
  receivers?: Receivers;
  /** By an alert's label `team`: who is told in place of those. */
  teams?: Record<string, TeamReceivers>;
  /** Warnings wait for these hours; without them they come at any time. */
  warningHours?: WarningHours;
}

/** A Secret of an operator's Alertmanager. */
export interface ConfigSecret {
  /** What it is called. */
  name: string;
  /** Where that Alertmanager is. */
  namespace: string;
}
