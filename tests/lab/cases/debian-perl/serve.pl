#!/usr/bin/perl
# Counts requests in a file of its working directory.
use strict;
use warnings;
use IO::Socket::INET;

$SIG{TERM} = sub { exit 0 };
my $server = IO::Socket::INET->new(LocalPort => 8080, Listen => 10, ReuseAddr => 1) or die "cannot listen: $!";
print STDERR "ready\n";
while (my $client = $server->accept) {
    while (my $line = <$client>) { last if $line =~ /^\r?$/ }
    my $count = 0;
    if (open my $old, '<', 'count') { $count = <$old> + 0 }
    open my $new, '>', 'count' or die "cannot write: $!";
    print $new ++$count;
    close $new;
    my $body = "count is a number: " . ($count > 0 ? "yes" : "no") . "\n";
    print $client "HTTP/1.1 200 OK\r\nContent-Length: " . length($body) . "\r\nConnection: close\r\n\r\n$body";
    close $client;
}
