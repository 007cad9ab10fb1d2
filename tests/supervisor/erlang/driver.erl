%% Runs scenarios on OTP's supervisor and writes down what happened: the other side of play.py.
%%
%% A scenario is a term that scenarios.py wrote. Its trace is lines of text, and the same each time: whatever two
%% processes might race for is waited for, and what happened is put in order by the time stamps of the runtime system.
-module(driver).
-behaviour(supervisor).
-export([main/1, init/1, start_child/1]).

-record(child, {id, restart, significant, shutdown, type, deaf, farewell, family}).
-record(family, {strategy, intensity, auto_shutdown, children}).
-record(scenario, {number, top, starts, operations}).
-record(operation, {supervisor, deaths, requests, meanwhile}).
-record(process, {pid, id, number, parent, kind}).

main([Scenarios, Traces]) ->
    logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    [ets:new(Table, [named_table, public, Type | Key])
     || {Table, Type, Key} <- [{events, ordered_set, []}, {processes, set, [{keypos, #process.pid}]}, {current, set, []},
                               {attempts, set, []}, {plans, set, []}, {meanwhile, set, []}, {driver, set, []}]],
    ets:insert(driver, {driver, self()}),
    {ok, Terms} = file:consult(Scenarios),
    {ok, File} = file:open(Traces, [write, raw, delayed_write]),
    [ok = file:write(File, [[Line, $\n] || Line <- run(Scenario)]) || Scenario <- Terms],
    ok = file:close(File),
    halt(0).

run(#scenario{number = Number, top = Top, starts = Starts, operations = Operations}) ->
    [ets:delete_all_objects(Table) || Table <- [events, processes, current, attempts, plans, meanwhile]],
    ets:insert(plans, Starts),
    begin_attempt(top),
    _ = supervisor:start_link(?MODULE, {top, Top}),
    Begun = observe(),
    Lines = [[text("op ~w", [Index]) | operate(Operation)]
             || {Index, Operation} <- lists:zip(lists:seq(1, length(Operations)), Operations)],
    flush(),
    [text("scenario ~w", [Number]) | Begun ++ lists:append(Lines)].

%% Operations.

operate(#operation{supervisor = Id, deaths = Deaths, requests = Requests, meanwhile = Meanwhile}) ->
    case alive(Id) of
        false ->
            ["gone"];
        Sup ->
            Helper = spawn_link(fun() -> queue_meanwhile(Meanwhile) end),
            ets:insert(meanwhile, {Sup, Helper}),
            ok = sys:suspend(Sup),
            [end_child(Sup, Child, Reason) || {death, Child, Reason} <- Deaths],
            Asked = [{Request, ask(Sup, Request)} || Request <- Requests],
            ok = sys:resume(Sup),
            Answers = ["answer " ++ answer(Request, Future) || {Request, Future} <- Asked],
            settle(),
            ets:delete(meanwhile, Sup),
            Helper ! {report, self()},
            Late = receive {answers, Helper, Heard} -> ["meanwhile " ++ Line || Line <- Heard] end,
            observe(Answers ++ Late)
    end;
operate({stop, Id, Reason}) ->
    case alive(Id) of
        false -> ["gone"];
        Sup -> ok = gen_server:stop(Sup, reason(Reason), infinity), observe()
    end;
operate({exit, Reason}) ->  % the driver is its parent
    case alive(top) of
        false ->
            ["gone"];
        Sup ->
            Monitor = monitor(process, Sup),
            exit(Sup, reason(Reason)),
            receive {'DOWN', Monitor, process, Sup, _} -> ok end,
            [await_death(Pid) || #process{pid = Pid} <- ets:tab2list(processes)],
            case Reason of
                kill -> lists:sort(observe());  % it dies at once, and the children hear of it in no order
                _ -> observe()
            end
    end.

%% End a child and have its EXIT in the mailbox of its supervisor, which is suspended.
end_child(Sup, Id, Reason) ->
    case {alive(Id), Reason} of
        {false, _} ->
            ok;
        {Pid, kill} ->
            queued_in(Sup, fun() -> exit(Pid, kill) end);
        {Pid, _} ->
            case ets:lookup(processes, Pid) of
                [#process{kind = leaf}] -> queued_in(Sup, fun() -> Pid ! {finish, reason(Reason)} end);
                [#process{}] -> queued_in(Sup, fun() -> gen_server:stop(Pid, reason(Reason), infinity) end)
            end
    end.

queued_in(Sup, Action) ->
    Before = queue_length(Sup),
    Action(),
    wait_for(fun() -> queue_length(Sup) > Before end).

queue_length(Pid) ->
    {message_queue_len, Length} = process_info(Pid, message_queue_len),
    Length.

%% Send what the functions of the module supervisor send; they would wait for the answer, and these may not.
ask(Sup, {request, Verb, none}) -> gen_server:send_request(Sup, Verb);
ask(Sup, {request, start_child, Child}) -> gen_server:send_request(Sup, {start_child, spec(Child)});
ask(Sup, {request, Verb, Id}) -> gen_server:send_request(Sup, {Verb, Id}).

answer({request, Verb, _}, Future) ->
    case gen_server:receive_response(Future, infinity) of
        {reply, Reply} -> atom_to_list(Verb) ++ " " ++ reply(Reply);
        {error, _} -> atom_to_list(Verb) ++ " gone"
    end.

reply(ok) -> "ok";
reply({ok, undefined}) -> "ok ignored";
reply({ok, Pid}) when is_pid(Pid) -> "ok " ++ name(Pid);
reply({ok, #{id := Id, start := {_, _, Arguments}, restart := Restart, shutdown := Shutdown, type := Type,
             significant := Significant}}) ->
    Start = case {Restart, Arguments} of
                {temporary, _} -> forgotten;  % OTP forgets it only if start_child brought it; ours, in any case
                {_, [_]} -> kept
            end,
    text("~w ~w ~w ~w ~w ~w", [Id, Restart, Shutdown, Type, Significant, Start]);
reply({error, {already_started, _}}) -> "already_started";
reply({error, {bad_combination, _}}) -> "bad_spec";
reply({error, Refusal}) when Refusal =:= already_present; Refusal =:= not_found; Refusal =:= running;
                             Refusal =:= restarting -> atom_to_list(Refusal);
reply({error, _}) -> "failed";
reply([{specs, Specs}, {active, Active}, {supervisors, Supervisors}, {workers, Workers}]) ->
    text("~w ~w ~w ~w", [Specs, Active, Supervisors, Workers]);
reply(Children) when is_list(Children) -> children(Children).

children(Children) ->
    lists:join($\s, [text("~w=~s", [Id, case Child of
                                            undefined -> "none";
                                            restarting -> "restarting";
                                            _ -> name(Child)
                                        end]) || {Id, Child, _, _} <- Children]).

%% A helper that asks the supervisor something while that is busy starting a child.
queue_meanwhile(Requests) ->
    receive
        {now, Sup} ->
            Asked = [{Request, ask(Sup, Request)} || Request <- Requests],
            Sup ! {queued, self()},
            receive
                {report, Driver} -> Driver ! {answers, self(), [answer(Request, Future) || {Request, Future} <- Asked]}
            end;
        {report, Driver} ->
            Driver ! {answers, self(), []}
    end.

let_them_ask() ->
    case ets:take(meanwhile, self()) of
        [{_, Helper}] -> Helper ! {now, self()}, receive {queued, Helper} -> ok end;
        [] -> ok
    end.

%% Children.

init({Id, #family{strategy = Strategy, intensity = Intensity, auto_shutdown = Auto, children = Children}}) ->
    [{_, Number}] = ets:lookup(attempts, Id),
    enter(self(), Id, Number, hd(get('$ancestors')), supervisor),
    Flags = #{strategy => Strategy, intensity => Intensity, period => 3600, auto_shutdown => Auto},
    {ok, {Flags, [spec(Child) || Child <- Children]}}.

spec(#child{id = Id, restart = Restart, significant = Significant, shutdown = Shutdown, type = Type} = Child) ->
    #{id => Id, start => {?MODULE, start_child, [Child]}, restart => Restart, significant => Significant,
      shutdown => Shutdown, type => Type}.

start_child(#child{id = Id, family = Family} = Child) ->
    let_them_ask(),
    Number = begin_attempt(Id),
    Outcome = planned(Id, Number),
    note(text("start ~w#~w ~w", [Id, Number, Outcome])),
    case Outcome of
        error -> error(boom);
        ignore -> ignore;
        fails -> Pid = spawn_link(fun() -> exit(boom) end), receive {'EXIT', Pid, _} -> {error, boom} end;
        ok when Family =/= none -> supervisor:start_link(?MODULE, {Id, Family});
        ok -> {ok, start_leaf(Child, Number)};
        Reason -> {ok, die(start_leaf(Child, Number), Reason)}
    end.

begin_attempt(Id) -> ets:update_counter(attempts, Id, 1, {Id, 0}).

planned(Id, Number) ->
    case ets:lookup(plans, Id) of
        [{_, Outcomes}] when Number =< length(Outcomes) -> lists:nth(Number, Outcomes);
        _ -> ok
    end.

start_leaf(#child{id = Id, deaf = Deaf, farewell = Farewell}, Number) ->
    Parent = self(),
    Pid = spawn_link(fun() ->
                             process_flag(trap_exit, true),
                             Parent ! {up, self()},
                             live(Parent, Deaf, Farewell)
                     end),
    receive {up, Pid} -> ok end,
    enter(Pid, Id, Number, Parent, leaf),
    Pid.

%% It ends by itself before its start function returns: its EXIT is in the mailbox, behind what lies there.
die(Pid, Reason) ->
    case Reason of
        kill -> exit(Pid, kill);
        _ -> Pid ! {finish, reason(Reason)}
    end,
    wait_for(fun() ->
                     {messages, Messages} = process_info(self(), messages),
                     lists:any(fun(Message) -> is_tuple(Message) andalso tuple_size(Message) =:= 3
                                                   andalso element(1, Message) =:= 'EXIT'
                                                   andalso element(2, Message) =:= Pid end, Messages)
             end),
    Pid.

live(Parent, Deaf, Farewell) ->
    receive
        {finish, Reason} -> finish(Reason, Farewell);
        {'EXIT', Parent, Reason} when not Deaf -> finish(Reason, Farewell);
        {'EXIT', _, _} -> live(Parent, Deaf, Farewell)
    end.

finish(_, boom) -> exit(boom);  % its cleanup crashes
finish(Reason, _) -> exit(Reason).

%% What happened.

enter(Pid, Id, Number, Parent, Kind) ->
    ets:insert(processes, #process{pid = Pid, id = Id, number = Number, parent = Parent, kind = Kind}),
    ets:insert(current, {Id, Pid}),
    [{_, Driver}] = ets:lookup(driver, driver),
    erlang:trace(Pid, true, [procs, strict_monotonic_timestamp, {tracer, Driver}]).

note(Line) ->
    Stamp = {erlang:monotonic_time(nanosecond), erlang:unique_integer([monotonic])},  % as in trace messages
    ets:insert(events, {Stamp, Line}).

observe() -> observe([]).

observe(Answers) ->
    settle(),
    Delivered = erlang:trace_delivered(all),
    receive {trace_delivered, all, Delivered} -> ok end,
    Events = lists:sort(ets:tab2list(events) ++ exits()),
    ets:delete_all_objects(events),
    [Line || {_, Line} <- Events] ++ Answers ++ state().

exits() ->
    receive
        {trace_ts, _, exit, {shutdown, {failed_to_start_child, _, _}}, _} -> exits();  % its parent knew before it ended
        {trace_ts, Pid, exit, Reason, Stamp} -> [{Stamp, text("stop ~s ~s", [name(Pid), word(Reason)])} | exits()];
        {trace_ts, _, _, _, _} -> exits();
        {trace_ts, _, _, _, _, _} -> exits()
    after 0 -> []
    end.

flush() ->
    receive _ -> flush() after 0 -> ok end.

state() ->
    [text("state ~w: ~s", [Id, children(supervisor:which_children(Pid))]) || {Id, Pid} <- supervisors()].

supervisors() ->
    lists:sort([{Id, Pid} || #process{pid = Pid, id = Id, kind = supervisor} <- ets:tab2list(processes),
                             is_process_alive(Pid)]).

%% Return when every supervisor knows of every death and none is about to start a child.
settle() ->
    Starts = ets:info(events, size),
    [await_unlinked(Parent, Pid) || #process{pid = Pid, parent = Parent} <- ets:tab2list(processes),
                                    not is_process_alive(Pid)],
    Quiet = [quiet(Pid) || {_, Pid} <- supervisors()],
    case lists:all(fun(Is) -> Is end, Quiet) andalso ets:info(events, size) =:= Starts of
        true -> ok;
        false -> settle()
    end.

%% The first question may have been put before the death of a child that it was busy starting; the second comes after.
quiet(Sup) ->
    try
        _ = supervisor:which_children(Sup),
        not lists:keymember(restarting, 2, supervisor:which_children(Sup))
    catch
        exit:_ -> false
    end.

%% Once the link is gone, the EXIT is in the mailbox.
await_unlinked(Parent, Pid) ->
    wait_for(fun() ->
                     case process_info(Parent, links) of
                         {links, Links} -> not lists:member(Pid, Links);
                         undefined -> true
                     end
             end).

await_death(Pid) ->
    Monitor = monitor(process, Pid),
    receive {'DOWN', Monitor, process, Pid, _} -> ok end.

wait_for(Condition) ->
    case Condition() of
        true -> ok;
        false -> erlang:yield(), wait_for(Condition)
    end.

alive(Id) ->
    case ets:lookup(current, Id) of
        [{_, Pid}] -> is_process_alive(Pid) andalso Pid;
        [] -> false
    end.

name(Pid) ->
    [#process{id = Id, number = Number}] = ets:lookup(processes, Pid),
    text("~w#~w", [Id, Number]).

reason(shutdown_x) -> {shutdown, x};
reason(Reason) -> Reason.

word({shutdown, x}) -> "shutdown_x";
word(Reason) when is_atom(Reason) -> atom_to_list(Reason).

text(Format, Arguments) -> lists:flatten(io_lib:format(Format, Arguments)).
