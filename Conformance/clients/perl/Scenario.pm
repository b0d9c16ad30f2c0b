# SPDX-License-Identifier: MIT
# What every client program does, in Perl: see python/scenario.py.
package Scenario;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(opened received refused closed $url %fields);

our ($kind, $url, $origin, $authorization) = @ARGV;
our %fields = (($origin ? (Origin => $origin) : ()), ($authorization ? (Authorization => $authorization) : ()));
my @sizes = $kind =~ /^echo=(.*)/ ? split(/,/, $1) : ();
my ($step, $count) = (0, 0);
$| = 1;

sub say_event {
    my $line = join ' ', @_;
    $line =~ s/\s+/ /g;
    utf8::encode($line) if utf8::is_utf8($line);
    print "$line\n";
}

# The message of a step: text and bytes of each size in turn.
sub sample {
    my $size = $sizes[int($step / 2)];
    return ($step % 2 ? 'binary' : 'text', substr('abcdefghijklmnopqrstuvwxyz' x ($size / 26 + 1), 0, $size));
}

# Both return what to send then, as its kind and its bytes; the kind `close` at the end, nothing to read on.
sub opened { say_event('open'); return @sizes ? sample() : () }

sub received {
    my ($is_text, $data) = @_;
    if (@sizes) {
        my ($sent_kind, $sent) = sample();
        my $is_same = $data eq $sent && ($sent_kind eq 'text') == !!$is_text;
        say_event($is_same ? 'echoed' : 'garbled', $sent_kind, length $sent);
        return ++$step < 2 * @sizes ? sample() : 'close';
    }
    say_event('text', $data);
    return () if $kind ne 'toggle';
    return ++$count == 2 ? 'close' : ('text', 'toggle');
}

sub refused { say_event('refused', @_) }

sub closed { my ($code, $words) = @_; say_event('closed', $code || '-', $words // '') }

1;
