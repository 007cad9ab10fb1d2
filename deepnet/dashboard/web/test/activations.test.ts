import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTIVATIONS, curveOf, slopeAt } from "../src/screens/neuron/activations.ts";

/** f(-1.3), f(0.7), f'(-1.3), f'(0.7), as deepnet.maths.activations gives them. */
const SERVICE: Record<string, [number, number, number, number]> = {
  identity: [-1.3, 0.7, 1, 1],
  sigmoid: [0.214165, 0.6681878, 0.1682984, 0.2217129],
  relu: [0, 0.7, 0, 1],
  tanh: [-0.8617232, 0.6043678, 0.2574332, 0.6347396],
  step: [0, 1, 0, 0],
  leaky_relu: [-0.013, 0.7, 0.01, 1],
  elu: [-0.7274682, 0.7, 0.2725318, 1],
  selu: [-1.278961, 0.7354907, 0.479138, 1.050701],
  gelu: [-0.1258406, 0.5306254, -0.1259787, 0.9766141],
  silu: [-0.2784145, 0.4677314, -0.004622854, 0.8233868],
  softplus: [0.2410085, 1.103186, 0.214165, 0.6681878],
  softsign: [-0.5652174, 0.4117647, 0.1890359, 0.3460208],
  hard_sigmoid: [0.2833333, 0.6166667, 0.1666667, 0.1666667],
  hard_tanh: [-1, 0.7, 0, 1],
  mish: [-0.3073825, 0.5611484, -0.02640096, 0.9687949],
};

test("every activation and its slope are those of the service", () => {
  assert.deepEqual([...ACTIVATIONS].sort(), Object.keys(SERVICE).sort());
  for (const [name, wanted] of Object.entries(SERVICE)) {
    const curve = curveOf(name);
    const got = [curve?.(-1.3), curve?.(0.7), slopeAt(name, -1.3), slopeAt(name, 0.7)];
    got.forEach((value, index) => assert.ok(Math.abs((value ?? NaN) - (wanted[index] ?? NaN)) < 1e-4, `${name} ${index}: ${value}`));
  }
});

test("what takes all neurons of a layer has no curve of its own", () => {
  assert.equal(curveOf("softmax"), undefined);
  assert.equal(slopeAt("softmax", 1), undefined);
});
