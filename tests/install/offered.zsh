# SPDX-License-Identifier: GPL-2.0-only
#
# usage: zsh -f offered.zsh WORK FOLDER LINE...
#
# Prints for each LINE what the completion functions of FOLDER offer behind it: a line
# "> LINE", then one for each word. WORK is a folder for files of its own. The shell that
# completes runs in a pseudo terminal; instead of showing its matches it writes them down.

zmodload zsh/zpty || exit 1
work=$1 folder=$2
shift 2

cat >$work/.zshrc <<'END'
PROMPT=
fpath=($OFFERED_FOLDER $fpath)
autoload -U compinit
compinit -u -d $OFFERED_WORK/dump
zstyle ':completion:*' list-grouped false
zstyle ':completion:*' insert-tab false

# Called for every set of matches; those that fit go into the file.
compadd() {
	local -a hits
	if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
		builtin compadd "$@"
		return
	fi
	builtin compadd -A hits "$@"
	((!$#hits)) || print -rl -- $hits >>$OFFERED_WORK/matches
	builtin compadd "$@"
}
offer() {
	: >$OFFERED_WORK/matches
	_main_complete
	: >$OFFERED_WORK/done
	compstate[insert]= compstate[list]=
}
zle -C offer complete-word offer
bindkey '^I' offer
bindkey '^U' kill-whole-line
: >$OFFERED_WORK/ready
END

# wait_for FILE: until it is there, 20 s at most; what the shell prints is read away,
# lest it wait for a reader.
wait_for() {
	local i

	for ((i = 0; i < 400; i++)); do
		[[ ! -e $1 ]] || { rm -f $1; return 0; }
		zpty -r -t shell >/dev/null
		sleep 0.05
	done
	print -u2 "zsh did not get to ${1:t}"
	return 1
}

export OFFERED_WORK=$work OFFERED_FOLDER=$folder ZDOTDIR=$work TERM=dumb
zpty -b shell zsh -i
wait_for $work/ready || exit 1
for line; do
	zpty -w -n shell $'\C-u'"$line"$'\t'
	wait_for $work/done || exit 1
	print -r -- "> $line"
	sed 's/[= ]*$//' $work/matches
done
zpty -d shell
