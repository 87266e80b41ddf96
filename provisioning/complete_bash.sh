# shellcheck shell=bash disable=SC2154
# Completion of hanse for bash; the lists above come from the program's tables.

_hanse_column() { # WHAT COLUMNS [VE]: names that hansed knows, if it answers
	command hanse get "$1" ${3:+"$3"} 2>/dev/null |
		awk -v n="$2" 'NR > 1 { print n == 2 ? $1 "/" $2 : $1 }'
}

_hanse_list() { # words, or a mark that stands for them
	case $1 in
	@ve) _hanse_column ves 1 ;;
	@member) _hanse_column enterprises 2 ;;
	@job) _hanse_column jobs 1 ;;
	@scope)
		echo asp
		{ _hanse_column ves 1; _hanse_column enterprises 2; } | sed 's,^,ve/,'
		;;
	@webhook) _hanse_column webhooks 1 ;;
	*) printf '%s\n' "$1" ;;
	esac
}

_hanse() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local name=${COMP_WORDS[1]} place=0 i words

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "$_hanse_commands" -- "$current")
		return
	fi
	case $previous in
	-o | --output)
		mapfile -t COMPREPLY < <(compgen -W 'table json' -- "$current")
		return
		;;
	--ve)
		mapfile -t COMPREPLY < <(compgen -W "$(_hanse_column ves 1)" -- "$current")
		return
		;;
	--socket)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
		;;
	esac
	if [[ $current == -* ]]; then
		words=_hanse_options_$name
		mapfile -t COMPREPLY < <(compgen -W "${!words}" -- "$current")
		return
	fi
	for ((i = 2; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} == -* ]] || place=$((place + 1))
	done
	words=_hanse_arg${place}_$name
	case ${!words} in
	'') ;;
	@file) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
	*) mapfile -t COMPREPLY < <(compgen -W "$(_hanse_list "${!words}")" -- "$current") ;;
	esac
}

complete -F _hanse hanse
