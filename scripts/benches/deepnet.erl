%% A network of relu neurons, each a process, that learns by Adam, a row a step: the Erlang peer of scripts/bench train.
%%
%% It reads a file of three terms: [[[weight ..., bias] of each neuron] of each layer], inputs, targets. For each line
%% on its input, a number of steps, it begins anew, learns the rows in order, and prints microseconds a step and the sum
%% of the losses. The last layer is linear; the loss is the mean squared error.
%%
%% Who does what is as in deepnet: a layer hands the activations of the layer before to its neurons and gathers theirs
%% in the order of their numbers; a neuron keeps its weights and moments, and updates them by itself.
-module(deepnet).
-export([main/1]).

-define(RATE, 0.001).
-define(BETA1, 0.9).
-define(BETA2, 0.999).
-define(EPSILON, 1.0e-8).
%% Words of the first heap of a process: a step's garbage fits in many times over, so it is collected seldom.
-define(OPTIONS, [link, {min_heap_size, 4000}]).

main([File]) ->
    {ok, [Layers, Inputs, Targets]} = file:consult(File),
    serve(Layers, list_to_tuple(lists:zip([Input ++ [1.0] || Input <- Inputs], Targets))).

serve(Layers, Rows) ->
    case io:get_line("") of
        eof ->
            halt();
        Line ->
            Steps = list_to_integer(string:trim(Line)),
            %% In a process of its own, whose end ends all of them.
            {Trainer, Reference} = spawn_opt(fun() -> train(Steps, Layers, Rows) end, [monitor, {min_heap_size, 4000}]),
            receive {'DOWN', Reference, process, Trainer, done} -> ok end,
            serve(Layers, Rows)
    end.

train(Steps, Layers, Rows) ->
    [First | _] = Chain = start_layers(Layers),
    Last = lists:last(Chain),
    Began = erlang:monotonic_time(nanosecond),
    Loss = learn(Steps, First, Last, Rows, {0, 1.0, 1.0}, 0.0),
    Took = erlang:monotonic_time(nanosecond) - Began,
    io:format("~.6f ~.17e~n", [Took / Steps / 1000, Loss]),
    exit(done).

%% The trainer. Power1 and Power2 are the betas to the power of the steps so far.

learn(0, _First, _Last, _Rows, _State, Total) ->
    Total;
learn(Left, First, Last, Rows, {Step, Power1, Power2}, Total) ->
    {Inputs, Targets} = element(Step rem tuple_size(Rows) + 1, Rows),
    First ! {forward, Inputs},
    Outputs = receive {forward, Found} -> Found end,
    {Loss, Errors} = squared(Outputs, Targets, length(Targets)),
    Now1 = Power1 * ?BETA1,
    Now2 = Power2 * ?BETA2,
    Correction = math:sqrt(1.0 - Now2),
    Last ! {backward, Errors, ?RATE * Correction / (1.0 - Now1), ?EPSILON * Correction},
    receive learnt -> ok end,
    learn(Left - 1, First, Last, Rows, {Step + 1, Now1, Now2}, Total + Loss).

%% The outputs end in the 1.0 that every layer adds.
squared(Outputs, Targets, Size) -> squared(Outputs, Targets, Size, 0.0, []).

squared(_, [], Size, Total, Errors) ->
    {Total / Size, lists:reverse(Errors)};
squared([Output | Outputs], [Target | Targets], Size, Total, Errors) ->
    Difference = Output - Target,
    squared(Outputs, Targets, Size, Total + Difference * Difference, [2.0 * Difference / Size | Errors]).

%% Layers: each knows who comes before it and who after; the trainer is before the first and after the last.

start_layers(Layers) ->
    Trainer = self(),
    Count = length(Layers),
    Pids = [
        spawn_opt(fun() -> start_layer(Rows, Number > 1, activation(Number, Count)) end, ?OPTIONS)
     || {Number, Rows} <- lists:enumerate(Layers)
    ],
    tell_neighbours(Pids, Trainer, Trainer),
    Pids.

activation(Count, Count) -> linear;
activation(_, _) -> relu.

tell_neighbours([], _Before, _Trainer) ->
    ok;
tell_neighbours([Pid | Pids], Before, Trainer) ->
    After = case Pids of [] -> Trainer; [Next | _] -> Next end,
    Pid ! {neighbours, Before, After},
    tell_neighbours(Pids, Pid, Trainer).

start_layer(Rows, PassesBack, Activation) ->
    Layer = self(),
    Neurons = [
        spawn_opt(fun() -> neuron([{Weight, 0.0, 0.0} || Weight <- Row], Layer, PassesBack, Activation) end, ?OPTIONS)
     || Row <- Rows
    ],
    receive {neighbours, Before, After} -> layer(Neurons, Before, After, PassesBack) end.

layer(Neurons, Before, After, PassesBack) ->
    receive
        {forward, Inputs} ->
            Message = {forward, Inputs},
            [Neuron ! Message || Neuron <- Neurons],
            After ! {forward, gather(Neurons)},
            layer(Neurons, Before, After, PassesBack);
        {backward, Errors, Rate, Epsilon} ->
            hand_back(Neurons, Errors, Rate, Epsilon),
            case PassesBack of
                true -> Before ! {backward, gather_errors(Neurons), Rate, Epsilon};
                false -> gather_learnt(Neurons), Before ! learnt
            end,
            %% The first layer's learnt is the last of a step: all others have answered before it.
            layer(Neurons, Before, After, PassesBack)
    end.

hand_back([], [], _Rate, _Epsilon) ->
    ok;
hand_back([Neuron | Neurons], [Error | Errors], Rate, Epsilon) ->
    Neuron ! {backward, Error, Rate, Epsilon},
    hand_back(Neurons, Errors, Rate, Epsilon).

gather([]) ->
    [1.0];
gather([Neuron | Neurons]) ->
    receive {Neuron, Activation} -> [Activation | gather(Neurons)] end.

gather_learnt([]) ->
    ok;
gather_learnt([Neuron | Neurons]) ->
    receive {Neuron, learnt} -> gather_learnt(Neurons) end.

gather_errors([Neuron | Neurons]) ->
    receive {Neuron, Errors} -> gather_errors(Neurons, Errors) end.

gather_errors([], Sums) ->
    Sums;
gather_errors([Neuron | Neurons], Sums) ->
    receive {Neuron, Errors} -> gather_errors(Neurons, add(Sums, Errors)) end.

add([], []) -> [];
add([Sum | Sums], [Error | Errors]) when is_float(Sum), is_float(Error) -> [Sum + Error | add(Sums, Errors)].

%% A neuron: {Weight, M, V} of each input, the bias last, whose input is 1.0.

neuron(Parameters, Layer, PassesBack, Activation) ->
    receive
        {forward, Inputs} ->
            Sum = dot(Parameters, Inputs, 0.0),
            Layer ! {self(), activate(Activation, Sum)},
            receive
                {backward, Error, Rate, Epsilon} ->
                    Delta = slope(Activation, Sum) * Error,
                    Answer = case PassesBack of true -> pass_back(Parameters, Delta); false -> learnt end,
                    Layer ! {self(), Answer},
                    neuron(adam(Parameters, Inputs, Delta, Rate, Epsilon), Layer, PassesBack, Activation)
            end
    end.

activate(relu, Sum) when Sum =< 0.0 -> 0.0;
activate(_, Sum) -> Sum.

slope(relu, Sum) when Sum =< 0.0 -> 0.0;
slope(_, _) -> 1.0.

dot([], [], Sum) ->
    Sum;
dot([{Weight, _, _} | Parameters], [Input | Inputs], Sum) when is_float(Weight), is_float(Input), is_float(Sum) ->
    dot(Parameters, Inputs, Sum + Weight * Input).

pass_back([_Bias], _Delta) ->
    [];
pass_back([{Weight, _, _} | Parameters], Delta) when is_float(Weight), is_float(Delta) ->
    [Weight * Delta | pass_back(Parameters, Delta)].

adam([], [], _Delta, _Rate, _Epsilon) ->
    [];
adam([{Weight, M, V} | Parameters], [Input | Inputs], Delta, Rate, Epsilon) when
    is_float(Weight), is_float(M), is_float(V), is_float(Input), is_float(Delta), is_float(Rate), is_float(Epsilon)
->
    Gradient = Delta * Input,
    NewM = ?BETA1 * M + (1.0 - ?BETA1) * Gradient,
    NewV = ?BETA2 * V + (1.0 - ?BETA2) * Gradient * Gradient,
    NewWeight = Weight - Rate * NewM / (math:sqrt(NewV) + Epsilon),
    [{NewWeight, NewM, NewV} | adam(Parameters, Inputs, Delta, Rate, Epsilon)].
