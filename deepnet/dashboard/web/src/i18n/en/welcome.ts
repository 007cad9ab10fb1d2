export const welcome = {
  title: "Stories",
};
