# Types each argument into a bash on a terminal of its own, presses tab, and prints the line then.
# Run in a folder with the completion as onglass.bash and with a folder "empty".
zmodload zsh/zpty
zpty z bash --noprofile --norc -i
zpty -w z "PS1=; source ./onglass.bash; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'
show() { printf '<<%s>>' \"\$READLINE_LINE\"; READLINE_LINE=; }; bind -x '\"\\C-x\":show'; cd empty; echo rea''dy"
zpty -r -m z out '*ready*'
for line; do
  zpty -w -n z $line$'\t\C-X'
  zpty -r -m z out '*<<*>>*'
  print -r -- "${${out##*<<}%%>>*}"
done
zpty -d z
