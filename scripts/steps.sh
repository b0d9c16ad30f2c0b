# SPDX-License-Identifier: MIT
# For scripts that consist of steps, to be sourced: a line for each step, a list of how long all of them took, and the
# Debian packages that a step needs.

# step NAME: says that a step begins. STEPS_FILE is the file of all steps, if there is to be one: of each the seconds
# since 1970 and, behind a tab, the name. It is inherited by the scripts that a step runs. (Its name is not one of
# HELIOGRAPH_…: the program takes those for settings, and warns of one that is none.)
step() {
  printf '\n== %s (%s s)\n' "$1" "$SECONDS"
  if [ -n "${STEPS_FILE:-}" ]; then printf '%s\t%s\n' "$(date +%s)" "$1" >>"$STEPS_FILE"; fi
}

# slowest COUNT: the steps that took longest; the last one ends now.
slowest() {
  printf '\nThe %s slowest steps, in seconds:\n' "$1"
  date +%s | awk -F '\t' 'NR > 1 { printf "%6d  %s\n", $1 - began, name } { began = $1; name = $2 }' \
    "$STEPS_FILE" - | sort -rn | head -n "$1"
}

fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# Fetches the lists of Debian's packages, once.
update_packages() {
  if [ -n "${apt_updated:-}" ]; then return; fi
  if [ "$(id -u)" = 0 ]; then apt-get update -q; fi
  apt_updated=1
}

# need NAME PACKAGE: installs PACKAGE unless NAME, a command or a file of it, is there.
need() {
  if command -v "$1" >/dev/null || [ -e "$1" ]; then return; fi
  [ "$(id -u)" = 0 ] || fail "the Debian package $2 is missing: apt-get install $2"
  step "install $2"
  update_packages
  DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$2"
}
