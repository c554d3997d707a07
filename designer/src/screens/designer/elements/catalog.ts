/** The element templates that come with the designer: only what runs with no more than Baton and your own workers. */

import httpCall from "./catalog/http-call.json";
import publishEvent from "./catalog/publish-event.json";
import receiveMessage from "./catalog/receive-message.json";
import sendEmail from "./catalog/send-email.json";
import sendMessage from "./catalog/send-message.json";
import takePayment from "./catalog/take-payment.json";
import worker from "./catalog/worker.json";
import type { ElementTemplate } from "./template";

export const CATALOG = [
  worker,
  httpCall,
  sendEmail,
  takePayment,
  sendMessage,
  publishEvent,
  receiveMessage,
] as ElementTemplate[];
