# Read by run and check: find a Python >= 3.11 as $python, on Debian install it when we may.
find_python() {
    for python in "$LINTAN_PYTHON" python3 python3.13 python3.12 python3.11 python3.14; do
        [ -n "$python" ] && command -v "$python" >/dev/null 2>&1 &&
            "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return 0
    done
    return 1
}
if ! find_python; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
            apt-get -qq install -y --no-install-recommends python3 python3-venv >/dev/null </dev/null
    fi
    if ! find_python; then
        echo "Lintan needs Python 3.11 or newer; please type:" >&2
        echo "需要 Python 3.11 或更新版本，请执行：" >&2
        echo "    sudo apt-get install -y python3 python3-venv" >&2
        exit 3
    fi
fi
