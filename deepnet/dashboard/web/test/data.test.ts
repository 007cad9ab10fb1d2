import assert from "node:assert/strict";
import { test } from "node:test";
import { DARKEST, stroke } from "../src/screens/data/strokes.ts";
import { bodies, commandOf, freeName, nameOfFile, type Outline, type Suggested, usualWishes, widthsOf, wrongField } from "../src/screens/data/training.ts";
import { cellsFromText, cellsToText, chosen, isPicture, targetName, toUnits, type Units, unitsOf } from "../src/screens/data/units.ts";
import { isOfStory, type Story } from "../src/screens/welcome/stories.ts";

const ENCODER = {
  columns: [
    { name: "power", kind: "number", values: [] },
    { name: "turbo", kind: "truth", values: [] },
    { name: "origin", kind: "category", values: ["japan", "usa"] },
  ],
};
const about = (labels: string[] = []) => ({
  prediction: {
    data: "cars",
    preparation: { encoder: ENCODER, filler: null, scaler: { kind: "standard", mean: [100, 0.5, 0.5, 0.5], scale: [25, 0.5, 0.5, 0.5] } },
    features: ["power", "turbo", "origin=japan", "origin=usa"],
    target: "mpg",
    labels,
    task: "regression",
  },
});
const layers = (inputs: number) => [{ address: "dense_0", inputs, neurons: 1, activation: "identity", parameters: inputs + 1 }];

test("a prepared row is told in the units of its table", () => {
  const units = unitsOf({ about: about(), layers: layers(4) });
  assert.deepEqual(units.columns.map(({ name }) => name), ["power", "turbo", "origin"]);
  assert.deepEqual(toUnits(units, Float32Array.from([1.2, -1, -1, 1])), [130, false, "usa"]);
  assert.deepEqual(toUnits(units, [0, 1, 1, -1]), [100, true, "japan"]);
});

test("without a table inputs are bare numbers, and a plane has x and y", () => {
  assert.deepEqual(unitsOf({ about: {}, layers: layers(2) }).columns.map(({ name }) => name), ["x", "y"]);
  const units = unitsOf({ about: {}, layers: layers(64) });
  assert.equal(units.named, false);
  assert.equal(isPicture(units), true);
  assert.equal(isPicture(unitsOf({ about: about(), layers: layers(4) })), false);
});

test("cells go through the address and back, whatever is in them", () => {
  const units = unitsOf({ about: about(), layers: layers(4) });
  const cells = [130.5, true, "a, b & c"];
  assert.deepEqual(cellsFromText(units, cellsToText(cells)), cells);
  assert.deepEqual(cellsFromText(units, ",false,usa"), [null, false, "usa"]);
  assert.equal(cellsFromText(units, "1,2"), null);
  assert.equal(cellsFromText(units, ""), null);
});

test("targets have the names of their classes", () => {
  const classes: Units = unitsOf({ about: about(["a", "b", "c"]), layers: layers(4) });
  assert.equal(targetName(classes, [0, 1, 0]), "b");
  assert.equal(targetName({ ...classes, labels: ["no", "yes"] }, [1]), "yes");
  assert.equal(targetName({ ...classes, labels: [] }, [27.299999237]), "27.3");
  assert.equal(chosen([0.2]), 0);
});

const suggested: Suggested = {
  network: {
    name: "cars",
    model: {
      layers: [
        { kind: "dense", inputs: 4, neurons: 32, activation: "relu", initializer: "glorot_uniform" },
        { kind: "dense", inputs: 32, neurons: 8, activation: "relu", initializer: "glorot_uniform" },
        { kind: "dense", inputs: 8, neurons: 3, activation: "softmax", initializer: "glorot_uniform" },
      ],
    },
    about: {},
  },
  run: { dataset: "cars", target: "class of car", until: { kind: "until", epochs: 40 }, optimizer: { name: "adam", learning_rate: 0.001 }, batch_size: 4 },
};

test("what is suggested is sent as it is if nothing is changed", () => {
  assert.deepEqual(bodies(suggested, usualWishes(suggested, [])), suggested);
});

test("other widths are joined from the inputs to the last layer", () => {
  const wishes = { ...usualWishes(suggested, ["cars"]), hidden: "5 7", activation: "tanh", epochs: "3", rate: "0.01" };
  const { network, run } = bodies(suggested, wishes);
  assert.equal(network.name, "cars-2");
  assert.deepEqual(network.model.layers.map(({ inputs, neurons, activation }) => [inputs, neurons, activation]), [
    [4, 5, "tanh"], [5, 7, "tanh"], [7, 3, "softmax"],
  ]);
  assert.deepEqual([run.until.epochs, run.optimizer.learning_rate], [3, 0.01]);
  const none = bodies(suggested, { ...wishes, hidden: "" }).network.model.layers;
  assert.deepEqual(none.map(({ inputs, neurons }) => [inputs, neurons]), [[4, 3]]);
});

test("fields that cannot be used are named", () => {
  const wishes = usualWishes(suggested, []);
  assert.equal(wrongField(wishes, []), null);
  assert.equal(wrongField(wishes, ["cars"]), "taken");
  assert.equal(wrongField({ ...wishes, name: "Cars" }, []), "name");
  assert.equal(wrongField({ ...wishes, hidden: "3,x" }, []), "hidden");
  assert.equal(wrongField({ ...wishes, epochs: "1.5" }, []), "epochs");
  assert.equal(wrongField({ ...wishes, rate: "0" }, []), "rate");
  assert.deepEqual(widthsOf("none"), []);
});

test("the command for a terminal says what is not usual, and quotes what has to be", () => {
  const outline = { name: "cars", kind: "csv" } as Outline;
  const wishes = { ...usualWishes(suggested, []), epochs: "9" };
  assert.equal(commandOf(outline, suggested, wishes), "deepnet train cars.csv --target 'class of car' --service cars --epochs 9");
  assert.equal(commandOf({ ...outline, kind: "builtin" }, suggested, usualWishes(suggested, [])), "deepnet train cars --target 'class of car' --service cars");
});

test("names are free ones, and as the service takes them", () => {
  assert.equal(nameOfFile("My Cars (2).CSV", ["my-cars-2"]), "my-cars-2-2");
  assert.equal(nameOfFile("表.csv", []), "table");
  assert.equal(freeName("x".repeat(60), []).length, 48);
});

test("a story knows its networks, also those begun anew", () => {
  const story: Story = { id: "digits", network: { name: "digits" }, run: {}, look: "network" };
  assert.deepEqual(["digits", "digits-2", "digits-b", "digit"].map((name) => isOfStory(story, name)), [true, true, false, false]);
});

test("a pen leaves ink along its path and takes it away again", () => {
  const empty = new Array<number>(64).fill(0);
  const line = stroke(empty, [0.5, 4.5], [7.5, 4.5]);
  assert.deepEqual(line.slice(32, 40), new Array(8).fill(DARKEST));
  assert.equal(line.slice(0, 24).every((cell) => cell === 0), true);
  assert.deepEqual(stroke(line, [0.5, 4.5], [7.5, 4.5], true), empty);
});
