import { common } from "./common.ts";
import { overview } from "./overview.ts";
import { network } from "./network.ts";
import { neuron } from "./neuron.ts";
import { tree } from "./tree.ts";
import { events } from "./events.ts";
import { weights } from "./weights.ts";
import { data } from "./data.ts";
import { runs } from "./runs.ts";
import { system } from "./system.ts";
import { sentences } from "./sentences.ts";
import { welcome } from "./welcome.ts";

export const ja = { common, overview, network, neuron, tree, events, weights, data, runs, system, sentences, welcome };
