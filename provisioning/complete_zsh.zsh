# Completion of hanse for zsh; the lists above come from the program's tables.

_hanse_column() { # WHAT COLUMNS: names that hansed knows, if it answers
	command hanse get "$1" 2>/dev/null |
		awk -v n="$2" 'NR > 1 { print n == 2 ? $1 "/" $2 : $1 }'
}

_hanse() {
	local name=${words[2]} place=0 i mark var

	if ((CURRENT == 2)); then
		compadd -- ${=_hanse_commands}
		return
	fi
	case ${words[CURRENT - 1]} in
	-o | --output)
		compadd -- table json
		return
		;;
	--ve)
		compadd -- ${(f)"$(_hanse_column ves 1)"}
		return
		;;
	--socket)
		_files
		return
		;;
	esac
	if [[ ${words[CURRENT]} == -* ]]; then
		var=_hanse_options_$name
		compadd -- ${=${(P)var}}
		return
	fi
	for ((i = 3; i < CURRENT; i++)); do
		[[ ${words[i]} == -* ]] || place=$((place + 1))
	done
	var=_hanse_arg${place}_$name
	mark=${(P)var}
	case $mark in
	'') ;;
	@file) _files ;;
	@ve) compadd -- ${(f)"$(_hanse_column ves 1)"} ;;
	@member) compadd -- ${(f)"$(_hanse_column enterprises 2)"} ;;
	@scope) compadd -- asp ve/${^${(f)"$(_hanse_column ves 1; _hanse_column enterprises 2)"}} ;;
	@job) compadd -- ${(f)"$(_hanse_column jobs 1)"} ;;
	@webhook) compadd -- ${(f)"$(_hanse_column webhooks 1)"} ;;
	*) compadd -- ${=mark} ;;
	esac
}

if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
	_hanse "$@"
else
	compdef _hanse hanse
fi
