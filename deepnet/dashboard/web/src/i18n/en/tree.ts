export const tree = {
  title: "Supervision",
};
