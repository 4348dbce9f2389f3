#!/bin/sh
# Install the built setup.exe in a Wine prefix of its own, use it, uninstall it, and see what is left.
# Wine is a smoke test: locked files, SmartScreen, real fonts and IME need one look on Windows.
# Usage: installer/windows/wine/try.sh build/windows/lintan-*-setup.exe [FOLDER]
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
setup=$(realpath "$1")
HOME=$(realpath "${2:-$(mktemp -d)}")
export HOME WINEPREFIX="$HOME/prefix" WINEDEBUG=-all LC_ALL=zh_CN.UTF-8 LANG=zh_CN.UTF-8
export WINEDLLOVERRIDES="mscoree=;mshtml=;winedbg.exe=d" WINEQT_QPA_PLATFORM=offscreen
windows() { timeout "${SECONDS_EACH:-300}" wine "$@" </dev/null 2>&1 | cat; }

[ -d "$WINEPREFIX" ] || { windows wineboot -i; windows winecfg -v win10; }
system="$WINEPREFIX/drive_c/windows/system32"
x86_64-w64-mingw32-gcc -shared -w -o "$system/icuuc.dll" "$here/icuuc.c"
x86_64-w64-mingw32-gcc -shared -o "$system/bcryptprimitives.dll" "$here/bcryptprimitives.c" -lbcrypt
rm -f "$system"/spool/drivers/color/*.icm

target="$WINEPREFIX/drive_c/林碳台"
windows "$setup" /S '/D=C:\林碳台'
test -f "$target/lintan.exe" || { echo "not installed"; exit 1; }
control="$target/lintanctl.exe"
windows "$control" tell amount 1409.50
printf 'geheim 123' >"$HOME/password"
windows "$control" --database "$HOME/office.db" db init --office 明光市林业局 --short 明林 \
    --admin chen --admin-name 陈刚 --new-password-file "$HOME/password"
windows "$control" --database "$HOME/office.db" --as chen --password-file "$HOME/password" db check
windows "$control" screens --help
windows "$target/uninstall.exe" /S "_?=C:\\林碳台"
rm -f "$target/uninstall.exe"
test ! -e "$target/app" || { echo "not removed"; exit 1; }
echo "installed, used, removed; the data are kept:"
ls -l "$HOME/office.db"
