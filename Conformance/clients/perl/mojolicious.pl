# SPDX-License-Identifier: MIT
# Mojolicious' Mojo::UserAgent. It is kept alive until the end, and so has time to send its Close.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Mojo::IOLoop;
use Mojo::UserAgent;
use Scenario;

my $agent = Mojo::UserAgent->new(inactivity_timeout => 0);

$agent->websocket($url => {%fields} => sub {
    my (undef, $transaction) = @_;
    if (!$transaction->is_websocket) {
        my $response = $transaction->res;
        refused($response->error ? $response->error->{message} : 'no WebSocket');
        return Mojo::IOLoop->stop;
    }
    my $act = sub {
        my ($kind, $data) = @_;
        return if !$kind;
        return $transaction->finish if $kind eq 'close';
        $transaction->send({$kind => $data});
    };
    $transaction->on(text => sub { $act->(received(1, $_[1])) });
    $transaction->on(binary => sub { $act->(received(0, $_[1])) });
    $transaction->on(finish => sub {
        my (undef, $code, $reason) = @_;
        closed($code, $reason);
        Mojo::IOLoop->timer(0.2 => sub { Mojo::IOLoop->stop });
    });
    $act->(opened());
});
Mojo::IOLoop->start;
