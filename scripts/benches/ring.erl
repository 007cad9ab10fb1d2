%% A token around a ring of processes: prints microseconds a hop, one line a repeat.
-module(ring).
-export([main/1]).

main([Size, Hops, Repeats]) ->
    [N, M, R] = [list_to_integer(Argument) || Argument <- [Size, Hops, Repeats]],
    [io:format("~.6f~n", [hop(N, M)]) || _ <- lists:seq(0, R)],
    halt().

hop(Size, Hops) ->
    Main = self(),
    First = spawn(fun() -> receive {next, Next} -> node_loop(Next, Main) end end),
    Last = lists:foldl(fun(_, Next) -> spawn(fun() -> node_loop(Next, Main) end) end, First, lists:seq(2, Size)),
    First ! {next, Last},
    First ! Size,
    receive arrived -> ok end,
    Began = erlang:monotonic_time(nanosecond),
    First ! Hops,
    receive arrived -> ok end,
    Took = erlang:monotonic_time(nanosecond) - Began,
    exit(First, kill),
    Took / Hops / 1000.

node_loop(Next, Main) ->
    receive
        0 -> Main ! arrived;
        Left -> Next ! Left - 1
    end,
    node_loop(Next, Main).
