export const neuron = {
  title: "Neuron",
};
