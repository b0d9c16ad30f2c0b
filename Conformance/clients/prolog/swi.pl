% SPDX-License-Identifier: MIT
% SWI-Prolog's library(http/websocket). Its handshake says HTTP/1.0, which RFC 6455 (section 4.1) does not allow.
:- use_module(library(http/websocket)).
:- initialization(main, main).

main([Kind, URL | _]) :-
    catch(http_open_websocket(URL, Socket, []), Error, (message_to_codes(Error), halt)),
    format("open~n"),
    talk(Kind, Socket, 1).

message_to_codes(Error) :-
    message_to_lines(Error, Words),
    format("refused ~w~n", [Words]).

message_to_lines(Error, Words) :-
    message_to_string(Error, String),
    split_string(String, "\n", " ", Lines),
    atomic_list_concat(Lines, ' ', Words).

message_to_string(Error, String) :-
    prolog:translate_message(Error, Parts, []), !,
    with_output_to(string(String), print_message_lines(current_output, '', Parts)).
message_to_string(Error, String) :-
    format(string(String), "~p", [Error]).

talk(Kind, Socket, Count) :-
    ws_receive(Socket, Message),
    (   Message.opcode == close
    ->  format("closed ~w ~w~n", [Message.get(code, '-'), Message.data])
    ;   format("text ~w~n", [Message.data]),
        next(Kind, Socket, Count)
    ).

next(toggle, Socket, 2) :- !, ws_close(Socket, 1000, ""), format("closed -~n").
next(toggle, Socket, 1) :- !, ws_send(Socket, text(toggle)), talk(toggle, Socket, 2).
next(Kind, Socket, Count) :- talk(Kind, Socket, Count).
