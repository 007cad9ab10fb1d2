export const runs = {
  title: "Runs & checkpoints",
};
