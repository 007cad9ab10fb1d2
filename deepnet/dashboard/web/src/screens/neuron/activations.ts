// The activations by name, to draw them and to tell their slope; as in deepnet.maths.activations.

type Curve = (z: number) => number;

const sigmoid: Curve = (z) => 1 / (1 + Math.exp(-z));
const softplus: Curve = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** erf, to 1.5e-7: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 7.1.26. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const sum = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

const CURVES: Readonly<Record<string, Curve>> = {
  identity: (z) => z,
  linear: (z) => z,
  sigmoid,
  relu: (z) => Math.max(z, 0),
  tanh: Math.tanh,
  step: (z) => (z > 0 ? 1 : 0),
  leaky_relu: (z) => Math.max(z, 0.01 * z),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  selu: (z) => SELU_SCALE * (z > 0 ? z : SELU_ALPHA * Math.expm1(z)),
  gelu: (z) => (z * (1 + erf(z * Math.SQRT1_2))) / 2,
  silu: (z) => z * sigmoid(z),
  softplus,
  softsign: (z) => z / (1 + Math.abs(z)),
  hard_sigmoid: (z) => clamp(z + 3, 0, 6) / 6,
  hard_tanh: (z) => clamp(z, -1, 1),
  mish: (z) => z * Math.tanh(softplus(z)),
};

/** What a neuron may be given by itself; softmax and log_softmax are of a whole layer. */
export const ACTIVATIONS = Object.keys(CURVES).filter((name) => name !== "linear");

/** The function of that name; undefined where it takes all neurons of a layer. */
export function curveOf(name: string): Curve | undefined {
  return CURVES[name];
}

const NEAR = 1e-5;

/** f'(z) to some six digits; undefined where it takes all neurons of a layer. */
export function slopeAt(name: string, z: number): number | undefined {
  const curve = CURVES[name];
  if (curve === undefined || !Number.isFinite(z)) return undefined;
  if (name === "step") return 0;
  return (curve(z + NEAR) - curve(z - NEAR)) / (2 * NEAR);
}
