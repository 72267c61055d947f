// A dollar before a brace.
const $ = '$';

/** Completion for bash 3.2 and later. The program is found by PATH, never by the path that was typed: TAB must not run what lies about. */
export const bashScript = String.raw`# bash completion for cloudctl
#
# For this shell:   source <(cloudctl completion bash)
# For every shell:  cloudctl completion bash > ~/.local/share/bash-completion/completions/cloudctl

_cloudctl() {
  local how='' line
  COMPREPLY=()
  {
    IFS= read -r how
    while IFS= read -r line; do COMPREPLY[${$}{#COMPREPLY[@]}]=$line; done
  } < <(cloudctl __complete bash -- "${$}{COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null </dev/null)

  if ! type compopt >/dev/null 2>&1; then
    local IFS=$'\n'
    [[ $how == files ]] && COMPREPLY=($(compgen -f -- "$2"))
  elif [[ $how == files ]]; then
    compopt -o default
  elif [[ $how == nospace ]]; then
    compopt -o nospace
  fi
}

complete -F _cloudctl cloudctl
`;
