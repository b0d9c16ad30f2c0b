# SPDX-License-Identifier: MIT
# AnyEvent::WebSocket::Client.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use AnyEvent;
use AnyEvent::WebSocket::Client;
use AnyEvent::WebSocket::Message;
use Scenario;

my $done = AnyEvent->condvar;
my $client = AnyEvent::WebSocket::Client->new(http_headers => {%fields});
my $socket;

sub act {
    my ($kind, $data) = @_;
    return if !$kind;
    return $socket->close if $kind eq 'close';
    $socket->send(AnyEvent::WebSocket::Message->new(body => $data, opcode => $kind eq 'text' ? 1 : 2));
}

$client->connect($url)->cb(sub {
    $socket = eval { shift->recv };
    if (!$socket) {
        refused($@);
        return $done->send;
    }
    $socket->on(each_message => sub { my $message = $_[1]; act(received($message->is_text, $message->body)) });
    $socket->on(finish => sub {
        closed($socket->close_code, join ' ', grep { defined } $socket->close_reason, $socket->close_error);
        $done->send;
    });
    act(opened());
});
$done->recv;
