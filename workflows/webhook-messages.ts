/** What goes in and out of deliveries: numbers only. Address, secret and event stand in MySQL. */

export interface DeliveryInput {
  deliveryId: number;
  /** The settings in force when it was started, in ms. */
  retryDelayMs: number;
  giveUpAfterMs: number;
}

export interface WebhookActivities {
  /** One try. Fails when the receiver did not take it, which Temporal tries again. */
  sendWebhook(input: { deliveryId: number }): Promise<void>;
  giveUpWebhook(input: { deliveryId: number }): Promise<void>;
}
