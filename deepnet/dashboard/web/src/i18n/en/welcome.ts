export const welcome = {
  mission: "A neural network made of actors: look into every neuron while it learns, break it, and watch it heal.",
  look: "Look",
  look_text: "Every neuron, weight and message is on the screen while the network learns.",
  break: "Break",
  break_text: "Click a neuron and kill it. Others only go on.",
  heal: "Watch it heal",
  heal_text: "A supervisor restarts it, the step is played again, and the loss curve does not notice.",
  viewer: "You are here as a viewer: you can look at all that runs, but not begin anything. On the machine of the service run this to begin a story:",
  own_data: "Or begin with a table of your own:",
  open: "Open {name}",
  anew: "Start anew",
  beginning: "Starting …",
  three_by_three: "Three by three",
  three_by_three_text:
    "Three inputs, three neurons, three more: they learn to turn 1, 0, 0 into 1, 1, 1, in slow motion. Click a neuron and kill it: it comes back with its weights, and the error goes on falling. Then step message by message and watch a thought travel.",
  spirals: "Two spirals",
  spirals_text:
    "Two classes of points wind round each other, and no straight line can part them. Watch what each neuron sees of the plane: simple halves first, and how the last layer joins them. Lesion a neuron and see which part of the picture was its.",
  miles_per_gallon: "Miles per gallon",
  miles_per_gallon_text:
    "392 real cars: from weight, power and year the network learns how far a gallon takes them. Look which weights grow, then ask it about a car of your own, in horsepower and tons. Change the learning rate while it learns, and undo it.",
  digits: "Handwritten digits",
  digits_text:
    "1,797 digits of eight by eight points. Draw one with the mouse and watch the ten outputs make up their mind, also while it still learns. Kill a whole layer meanwhile: who draws will hardly notice.",
};
