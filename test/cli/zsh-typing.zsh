# Types each argument into a zsh on a terminal of its own, presses tab, and prints the line then.
# Run in a folder with the completion as _onglass and with a folder "empty".
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PROMPT=; fpath=($PWD \$fpath); autoload -Uz compinit; compinit -u -D
show() { print -r -- \"<<\$BUFFER>>\"; BUFFER=; }; zle -N show; bindkey '^X' show; cd empty; print rea''dy"
zpty -r z out '*ready*'
for line; do
  zpty -w -n z $line$'\t\C-X'
  zpty -r -m z out '*<<*>>*'
  print -r -- "${${out##*<<}%%>>*}"
done
zpty -d z
