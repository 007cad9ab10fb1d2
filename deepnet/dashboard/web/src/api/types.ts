// What the service tells; see /openapi.json.

export type Num = number | "nan" | "inf" | "-inf" | null;
export type State = "idle" | "running" | "paused" | "finished" | "stopped" | "failed" | "down" | "unknown";
export type Role = "viewer" | "operator" | "admin";

export interface LayerShape {
  address: string;
  inputs: number;
  neurons: number;
  activation: string;
  parameters: number;
}

/** Of the topic `summary`, and of `networks`. */
export interface Summary {
  name: string;
  neurons: number;
  parameters: number;
  dtype: string;
  granularity: string;
  state: State;
  epoch: number;
  step: number;
  restarts: number;
  layers: LayerShape[];
  loss: number | null;
  metrics: Record<string, number | null>;
  learning_rate: number | null;
  messages: number;
  run: string | null;
  position?: { epoch: number; batch: number; step: number };
  reason?: string;
  steps_per_second: number | null;
  messages_per_second?: number | null;
}

export interface Rule {
  kind?: string;
  [name: string]: unknown;
}

export interface Plan {
  optimizer: { name: string; learning_rate?: number; [name: string]: unknown };
  until: Rule;
  loss: string;
  batch_size: number;
  pace?: number | null;
  [name: string]: unknown;
}

export interface Run {
  id: string;
  network: string;
  created: number;
  ended: number | null;
  state: State;
  reason: string;
  resumed_at: number | null;
  dataset: string | null;
  plan: Plan;
  epochs: number;
  step: number;
  loss: Num;
}

export interface RunDetails extends Run {
  live: boolean;
  position: Record<string, unknown> | null;
  failure: { address: string; step: number; error: { type: string; message: string } } | null;
  problems: string[];
  batches: number | null;
}

/** Of GET /networks/{name}. */
export interface Network extends Omit<Summary, "run" | "steps_per_second"> {
  kernels: string | null;
  seed: number;
  created: number;
  about: Record<string, unknown>;
  up: boolean;
  reason: string;
  model: { layers: Record<string, unknown>[] };
  run: Run | null;
}

export interface Epoch {
  epoch: number;
  step: number;
  loss: Num;
  metrics: Record<string, Num>;
  validation: Record<string, Num>;
  learning_rate: Num;
  seconds: Num;
}

/** Of the topic `history`; `after` 0 says that what was there before is gone. */
export interface HistoryFrame {
  run: string | null;
  after: number;
  records: Epoch[];
}

export interface Happening {
  id: number;
  time: number;
  kind: string;
  network: string | null;
  run: string | null;
  address: string | null;
  step: number | null;
  who: string | null;
  data: Record<string, unknown>;
}

export interface Change {
  kind: string;
  address: string;
  step: number;
  old: unknown;
  new: unknown;
  messages: Record<string, unknown>[];
  text: string;
}

export interface Activity {
  step: number;
  dtype: string;
  row: Num[];
  /** A row of the step each. */
  inputs: Num[][];
  sum: Num[];
  output: Num[];
  delta: Num[];
  gradient: Num[];
  /** Weights and bias as the step has left them, then those of each slot of the optimizer. */
  numbers: Num[][];
}

export interface Death {
  reason: string;
  at: number;
  step: number;
}

export interface Neuron {
  address: string;
  layer: number;
  index: number;
  dtype: string;
  weights: Num[];
  bias: Num;
  slots: Record<string, Num[]>;
  activation: string;
  rate: Num;
  frozen: boolean;
  lesioned: Num;
  faults: Record<string, unknown>[];
  step: number;
  restarts: number;
  deaths: Death[];
  mailbox: number | null;
  messages: number | null;
  history: Activity[];
}

export interface TreeNode {
  name: string;
  kind: string;
  strategy: string | null;
  restarts: number;
  /** Of a supervisor: restarts that count now, of so many that are allowed within so many seconds. */
  limit: { used: number; max_restarts: number; max_seconds: number } | null;
  /** null while it is not there. */
  mailbox: number | null;
  children: TreeNode[];
  /** Why nothing is known of what is below. */
  problem?: string | null;
}

export interface Checkpoint {
  step: number;
  change: number;
  time: number;
  bytes: number;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

/** Of the topic `service`. */
export interface ServiceFigures {
  pid: number;
  started: number;
  uptime: number;
  free_bytes: number;
  networks: number;
  networks_up: number;
  runs_running: number;
  runs_paused: number;
  neurons: number;
  threads: number;
  memory_bytes: number | null;
  cpu_percent: number | null;
  clients: number;
  channels: number;
  frames_sent: number;
  frames_dropped: number;
  /** Milliseconds. */
  loop_lag: Record<string, number>;
}

export interface Session {
  id: string;
  role: Role;
  label: string;
  created: number;
  expires: number;
  last_seen: number;
  revoked: boolean;
  current: boolean;
}

export interface ServiceStatus {
  version?: string;
  python?: string;
  role?: Role;
  last_event?: number;
  [name: string]: unknown;
}
