# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the programs of the VM kit share: the cache, locks, work folders, words
# for a person. Sourced by them, never run. README.md shows the cache's layout.

set -euo pipefail
umask 022
export LC_ALL=C

vm=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck disable=SC2034 # for the programs that source this file
top=${vm%/*}
self=vm/${0##*/}
# The exit status of a failure that is the kit's own; a program may set another.
failure=1

note() {
	printf '%s: %s\n' "$self" "$*" >&2
}

die() {
	note "$@"
	exit "$failure"
}

# Wrong usage: one sentence, and 2 as most programs have it.
usage_error() {
	note "$* (see $self --help)"
	exit 2
}

# The leading comment of a program is its help.
print_help() {
	sed -n '/^#!/d; /^# SPDX/d; /^#/!q; s/^# \{0,1\}//; p' "$vm/${0##*/}" |
		sed '1{/^$/d}'
}

cache_folder() {
	local home=${HOME:-}

	if [[ -n ${PTWALK_CACHE:-} ]]; then
		cache=$PTWALK_CACHE
	elif [[ -n ${XDG_CACHE_HOME:-} ]]; then
		cache=$XDG_CACHE_HOME/ptwalk
	else
		[[ -n $home ]] || die 'neither HOME nor PTWALK_CACHE is set: no place for the cache'
		cache=$home/.cache/ptwalk
	fi
	# make takes no blanks in a path, and a comma ends a value for qemu.
	if [[ $cache != /* || $cache == *[!A-Za-z0-9/._+@~-]* ]]; then
		die "the cache's path must be absolute and plain, without blanks: $cache"
	fi
	mkdir -p "$cache"/{tmp,locks} || die "cannot make the cache $cache"
}

# locked NAME COMMAND...: holds the lock NAME while it runs, so that of several
# runs one makes a thing and the others find it made. Programs started by
# COMMAND do not inherit the lock.
locked() {
	local name=$1

	shift
	{
		# Most waits are over before anybody has read that there is one.
		if ! flock -w 2 9; then
			note "waiting for another run: $name"
			flock 9
		fi
		"$@" 9>&-
	} 9>"$cache/locks/$name"
}

# Removes the work folders whose owner is gone (killed, so that it could not
# do it itself): nobody holds the lock on their file "alive".
sweep() {
	local folder

	for folder in "$cache"/tmp/*/; do
		[[ -d $folder ]] || continue
		if flock -n "$folder/alive" true 2>/dev/null; then
			rm -rf "$folder"
		fi
	done
}

make_work_folder() {
	sweep
	work=$(mktemp -d "$cache/tmp/$1.XXXXXX")
	exec 8>"$work/alive"
	flock 8
}

# A work folder $work in the cache, gone when the program ends. What is ready
# there is renamed into its place, so that nobody ever sees half of it. The
# program's children may inherit descriptor 8: it only says "still in use".
work_folder() {
	trap 'rm -rf "${work:-}"' EXIT
	locked work make_work_folder "$1"
}

# child PROGRAM...: becomes a program that ends when its parent does.
child() {
	exec setpriv --pdeathsig "${deathsig:-TERM}" "$@"
}

# A short name for any text: enough of its SHA-256.
digest() {
	sha256sum | cut -c 1-16
}

cache_folder
