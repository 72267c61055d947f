// A dollar before a brace.
const $ = '$';

/** Completion for zsh 5: zsh itself filters and quotes. Words with a backslash go by themselves, since _describe would read it as an escape. */
export const zshScript = String.raw`#compdef cloudctl
# zsh completion for cloudctl
#
# For this shell:   source <(cloudctl completion zsh)
# For every shell:  cloudctl completion zsh > "${$}{fpath[1]}/_cloudctl"

_cloudctl() {
  local -a reply words_described words_open words_odd
  local word summary lead
  local -i at
  reply=("${$}{(@0)$(cloudctl __complete zsh -- "${$}{(@Q)words[2,CURRENT-1]}" "${$}{(Q)PREFIX}" 2>/dev/null </dev/null)}")

  if [[ $reply[1] == files* ]]; then
    lead=${$}{reply[1]#files}
    [[ -n $lead ]] && compset -P "${$}{(b)lead}"
    _files
    return
  fi

  for (( at = 2; at + 2 <= $#reply; at += 3 )); do
    word=$reply[at]
    summary=$reply[at+1]
    if [[ $word == *\\* ]]; then
      words_odd+=("$word")
    elif [[ $reply[at+2] == nospace ]]; then
      words_open+=("${$}{word//:/\\:}${$}{summary:+:$summary}")
    else
      words_described+=("${$}{word//:/\\:}${$}{summary:+:$summary}")
    fi
  done

  (( $#words_odd )) && compadd -a words_odd
  _describe -t cloudctl cloudctl words_described -- words_open -S ''
}

if [[ $funcstack[1] == _cloudctl ]]; then
  _cloudctl "$@"
else
  compdef _cloudctl cloudctl
fi
`;
