export const weights = {
  title: "Weights",
};
