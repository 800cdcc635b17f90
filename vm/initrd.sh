# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # $command, $hold and the folders are vm/run's, $work is lib.sh's
#
# The file system of one VM. Sourced after lib.sh by vm/run, which knows the
# command, the folders of the base and of the modules, and what is added.

# add_libraries FILE TREE: what the dynamic loader needs for a program.
add_libraries() {
	local library

	# A script, or a static program, needs none; for these ldd fails.
	{ ldd "$1" 2>/dev/null || :; } |
		sed -n 's/^.* => \(\/.*\) (.*/\1/p; s/^\t\(\/.*\) (.*/\1/p' |
		while read -r library; do
			mkdir -p "$2${library%/*}"
			cp -L "$library" "$2$library"
		done
}

# add PATH TREE: a file or a folder, for the working folder of the VM.
add() {
	local program

	cp -RL "$1" "$2/ptwalk/" || die "cannot read $1"
	find -L "$1" -type f -perm -u+x ! -name '*.ko' -print0 |
		while IFS= read -r -d '' program; do
			add_libraries "$program" "$2"
		done
}

# The shell words that stand for the arguments, exactly.
quoted() {
	local word

	printf 'set --'
	for word; do
		printf " '%s'" "${word//\'/\'\\\'\'}"
	done
	printf '\n'
}

# make_tree TREE: what this one run adds to the base of the file system.
make_tree() {
	local path

	mkdir -p "$1"/{etc,ptwalk}
	cp "$vm/guest/init" "$1/init"
	{
		# The VM's programs cannot see who reads what they print.
		[[ $colour ]] || echo 'export NO_COLOR=1 TERM=dumb'
		quoted "${command[@]}"
	} >"$1/etc/command"
	[[ ! $hold ]] || : >"$1/etc/hold"
	find "$modules" -name '*.ko' -exec cp -t "$1/ptwalk" {} +
	for path in "${programs[@]}"; do
		[[ ! -f $path ]] || add "$path" "$1"
	done
	for path in "${added[@]}"; do
		add "$path" "$1"
	done
}

# make_initrd FILE: the base and this run's part; the kernel takes them in a row.
make_initrd() {
	make_tree "$work/tree"
	{
		cat "$base/base.cpio"
		(cd "$work/tree" && find . | "$base/busybox" cpio -o -H newc -R 0:0 2>/dev/null)
	} >"$1"
}
