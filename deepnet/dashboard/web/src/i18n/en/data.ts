export const data = {
  title: "Data & prediction",
};
