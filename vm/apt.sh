# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # $cache is lib.sh's
#
# Fetching Debian packages without installing them, as any user. Sourced after
# lib.sh. The sources are those that the machine is set up with.

# Options for every apt command; empty means the machine's own package lists.
apt_options=()

# have_candidates PACKAGE...: the package lists know each of them.
have_candidates() {
	local package

	for package; do
		[[ $(candidate "$package") ]] || return 1
	done
}

# candidate PACKAGE: the version that would be fetched; nothing when unknown.
candidate() {
	apt-cache "${apt_options[@]}" policy "$1" 2>/dev/null |
		sed -n 's/^  Candidate: //p' | sed '/^(none)$/d'
}

# depends PACKAGE: the names that its candidate depends on, one a line.
depends() {
	apt-cache "${apt_options[@]}" show --no-all-versions "$1" |
		sed -n 's/^Depends: //p' | tr ',|' '\n' | sed 's/^ *//; s/[ :].*//'
}

# From here on: package lists of our own in the cache, new from the network.
# The machine's own stay as they are, and no root is needed.
use_private_lists() {
	note "reading the package lists into $cache/apt"
	mkdir -p "$cache"/apt/{state,cache}
	apt_options=(-o "Dir::State=$cache/apt/state" -o "Dir::Cache=$cache/apt/cache"
		-o Dir::State::status=/var/lib/dpkg/status)
	locked apt-lists update_private_lists
}

update_private_lists() {
	(child apt-get -q "${apt_options[@]}" -o APT::Sandbox::User= update >&2)
}

# fetch FOLDER PACKAGE...: downloads the packages' candidates, checked by apt.
fetch() {
	local folder=$1

	shift
	note "downloading $*"
	mkdir -p "$folder"
	(
		cd "$folder" &&
			child apt-get -q "${apt_options[@]}" -o APT::Sandbox::User= download "$@"
	) >&2
}

# unpack FOLDER ROOT: puts the files of the fetched packages under ROOT.
unpack() {
	local package

	mkdir -p "$2"
	for package in "$1"/*.deb; do
		(child dpkg -x "$package" "$2") || die "cannot unpack ${package##*/}"
	done
}
