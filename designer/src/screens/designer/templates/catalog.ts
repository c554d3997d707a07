/** What a diagram can be begun with: one file per pattern, and the samples that ship. Each file is a chunk of its own. */

import type { DraftFile } from "~/api/drafts";

export interface Template {
  key: string;
  name: string;
  /** What the process shows, in one sentence. */
  about: string;
  load: () => Promise<{ default: string }>;
  /** Forms, decisions and called processes that come with it. */
  beside?: () => Promise<DraftFile[]>;
}

export const PATTERNS: readonly Template[] = [
  {
    key: "trip-booking",
    name: "Saga",
    about: "Three bookings; what is booked is undone in reverse order when the card is refused.",
    load: () => import("./patterns/trip-booking.bpmn?raw"),
  },
  {
    key: "purchase-approval",
    name: "Approval with escalation",
    about: "A manager decides, or the head of the department after a day.",
    load: () => import("./patterns/purchase-approval.bpmn?raw"),
  },
  {
    key: "transfer",
    name: "Retry, then ask a person",
    about: "A worker tries with growing pauses; when it gives up, a person decides how to go on.",
    load: () => import("./patterns/transfer.bpmn?raw"),
  },
  {
    key: "order-picking",
    name: "Parallel fan-out",
    about: "Every item of a list is handled at the same time; the process goes on when all are done.",
    load: () => import("./patterns/order-picking.bpmn?raw"),
  },
  {
    key: "payment-observer",
    name: "Event observer",
    about: "Begins with a message and watches for what follows: paid, changed, or nothing in time.",
    load: () => import("./patterns/payment-observer.bpmn?raw"),
  },
];

export const SAMPLES: readonly Template[] = [
  {
    key: "order-fulfilment",
    name: "Order fulfilment",
    about: "Stock, payment and shipment, undone when the payment is refused.",
    load: () => import("../../../../../definitions/order-fulfilment/order-fulfilment.bpmn?raw"),
  },
  {
    key: "loan-application",
    name: "Loan application",
    about: "A decision table says how risky a loan is; a person decides on the doubtful ones by a form.",
    load: () => import("../../../../../definitions/loan-application/loan-application.bpmn?raw"),
    beside: async () => {
      const [report, risk, review] = await Promise.all([
        import("../../../../../definitions/loan-application/credit-report.bpmn?raw"),
        import("../../../../../definitions/loan-application/loan-risk.dmn?raw"),
        import("../../../../../definitions/loan-application/loan-review.form?raw"),
      ]);
      return [
        { name: "credit-report.bpmn", content: report.default },
        { name: "loan-risk.dmn", content: risk.default },
        { name: "loan-review.form", content: review.default },
      ];
    },
  },
  {
    key: "sysops-ticket",
    name: "Sysops ticket",
    about: "A ticket goes to an expert, or to the head of operations when none is free in time.",
    load: () => import("../../../../../definitions/sysops-ticket/sysops-ticket.bpmn?raw"),
  },
  {
    key: "course-purchase",
    name: "Course purchase",
    about: "A course is paid and enrolled; the payment is refunded when the enrolment cannot be made.",
    load: () => import("../../../../../definitions/course-purchase/course-purchase.bpmn?raw"),
  },
];
