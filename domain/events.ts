/** What webhooks are told of. */

export const EVENT_TYPES = [
  'run.ended',
  'run.awaiting_approval',
  'cases.opened',
  'alert.raised',
  'alert.resolved',
  'webhook.test',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** What can be asked for; a test is sent whatever was asked for. */
export const SUBSCRIBABLE = EVENT_TYPES.filter((type) => type !== 'webhook.test');

export const EVENT_MEANINGS: Record<EventType, string> = {
  'run.ended': 'A run ended, however it did. Once an attempt: a run that is resumed ends again.',
  'run.awaiting_approval': 'A run waits until somebody approves an unusual number of changes.',
  'cases.opened': 'Cases of possible duplicates were opened for people to decide: once a run, with their number.',
  'alert.raised':
    'Something is wrong that somebody should look at: severity warning or critical. Once for as long as it is wrong.',
  'alert.resolved': 'What an alert was about is over.',
  'webhook.test': 'Sent on request, to see that deliveries arrive.',
};

/** As it stands in bodies and in the header `webhook-id`; the same however often it is delivered. */
export function eventName(id: number): string {
  return `evt_${id}`;
}

/** What a delivery's body says. */
export interface EventBody {
  id: string;
  type: EventType;
  /** When it happened, ISO 8601. */
  timestamp: string;
  data: Record<string, unknown>;
}
