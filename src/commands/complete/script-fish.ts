/** Completion for fish 3.1 and later: fish itself filters and escapes. Items end with NUL, since a name may hold a newline. */
export const fishScript = String.raw`# fish completion for cloudctl
#
# For this shell:   cloudctl completion fish | source
# For every shell:  cloudctl completion fish > ~/.config/fish/completions/cloudctl.fish

function __cloudctl_complete
    set -l tokens (commandline -opc)
    while string match -qr '^\w+=' -- "$tokens[1]"
        set -e tokens[1]
    end
    set -e tokens[1]
    set -l typed (commandline -ct)
    set -l current (string unescape -- "$typed" 2>/dev/null)
    or set current "$typed"
    set -l reply (cloudctl __complete fish -- $tokens "$current" 2>/dev/null </dev/null | string split0)

    if string match -q 'files*' -- "$reply[1]"
        set -l lead (string sub -s 6 -- $reply[1])
        for path in (__fish_complete_path (string sub -s (math 1 + (string length -- "$lead")) -- "$current"))
            printf '%s%s\0' "$lead" $path
        end
    else if set -q reply[2]
        printf '%s\0' $reply[2..-1]
    end
end

complete -c cloudctl -f -a '(__cloudctl_complete | string split0)'
`;
