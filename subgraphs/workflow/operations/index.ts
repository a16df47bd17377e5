/** Owns what can be done with orders, items, runs and approvals: the same for a request, a worker and a test. */
export { claimItems, heartbeat, type ClaimInput, type HeartbeatInput } from './claim-items.js';
export { decideApproval, escalateDue, type DecideInput } from './decide-approval.js';
export { completeItem, failItem, timeOutItems, type CompleteInput, type FailInput } from './finish-items.js';
export { cancelOrder, createOrder, type OrderInput } from './orders.js';
export { savePolicy, type PolicyInput } from './policies.js';
export { redriveDeadLetters, type RedriveInput } from './redrive.js';
export {
  cancelRun,
  giveUpExhaustedRuns,
  pauseRun,
  resumeRun,
  startRun,
  type RunChange,
  type StartInput,
} from './runs.js';
export { fireSchedules } from './fire-schedules.js';
export { removeSchedule, saveSchedule, type ScheduleInput } from './save-schedule.js';
export { sweep, type Swept } from './sweep.js';
export { beginToolCall, finishToolCall, type BeginCallInput, type FinishCallInput } from './tool-calls.js';
