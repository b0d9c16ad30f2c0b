# SPDX-License-Identifier: MIT
# tcllib's websocket, with what every client program does: see python/scenario.py.
package require Tcl 8.6
package require websocket
::websocket::loglevel critical

lassign $argv kind url origin authorization
set sizes [expr {[string match echo=* $kind] ? [split [string range $kind 5 end] ,] : {}}]
set step 0
set count 0
set isOpen 0
fconfigure stdout -buffering line -encoding utf-8

proc say {args} { puts [regsub -all {\s+} [string trim [join $args]] " "] }

# The message of a step: text and bytes of each size in turn.
proc sample {} {
  set size [lindex $::sizes [expr {$::step / 2}]]
  return [string range [string repeat abcdefghijklmnopqrstuvwxyz [expr {$size / 26 + 1}]] 0 [expr {$size - 1}]]
}

proc kindOfSample {} { return [expr {$::step % 2 ? "binary" : "text"}] }

proc finish {socket} {
  ::websocket::close $socket
  say closed -
  after 300 {set ::done 1}
}

proc received {socket kind data} {
  if {[llength $::sizes]} {
    set isSame [expr {$data eq [sample] && $kind eq [kindOfSample]}]
    say [expr {$isSame ? "echoed" : "garbled"}] [kindOfSample] [string length [sample]]
    incr ::step
    if {$::step == 2 * [llength $::sizes]} { return [finish $socket] }
    ::websocket::send $socket [kindOfSample] [sample]
    return
  }
  say text $data
  incr ::count
  if {$::kind ne "toggle"} return
  if {$::count == 2} { finish $socket } else { ::websocket::send $socket text toggle }
}

proc handle {socket type data} {
  switch $type {
    connect {
      set ::isOpen 1
      say open
      if {[llength $::sizes]} { ::websocket::send $socket [kindOfSample] [sample] }
    }
    text - binary { received $socket $type $data }
    close { say closed [lindex $data 0] [lindex $data 1]; set ::done 1 }
    error { if {!$::isOpen} { say refused $data; set ::done 1 } }
    disconnect { if {$::isOpen} { say closed - $data; set ::done 1 } }
  }
}

set fields {}
foreach {name value} [list Origin $origin Authorization $authorization] {
  if {$value ne ""} { lappend fields $name $value }
}
::websocket::open $url handle -headers $fields
vwait done
