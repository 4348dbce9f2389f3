"""Set up what is missing, then run or check. Called by run, check, run.cmd and check.cmd.

Standard library only: this runs before anything is installed. Each part is done once and
remembered in `.venv` by a fingerprint of what it was made from, so that the next start is instant.
Works as root or not, without HOME, without a terminal, in folders with spaces and Chinese names.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
VENV = TOP / ".venv"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")

#: Debian packages a window needs (Qt's xcb plugin and what QtGui links to), and Chinese letters.
RUN_PACKAGES = (
    "python3-venv", "libglib2.0-0", "libgl1", "libegl1", "libxkbcommon0", "libdbus-1-3",
    "libfontconfig1", "libxcb-cursor0", "libxkbcommon-x11-0", "libxcb-icccm4", "libxcb-keysyms1",
    "libxcb-shape0", "fonts-wqy-microhei",
)  # fmt: skip
#: What the tests judge papers and screens with: other people's programs, not ours.
CHECK_PACKAGES = (
    *RUN_PACKAGES, "xvfb", "poppler-utils", "mupdf-tools", "qpdf", "openssl", "libnss3-tools",
)  # fmt: skip

ENVIRONMENT = 3  # exit status of lintanctl for "the machine says no"


def main(arguments: Sequence[str]) -> int:
    """`bootstrap.py run ...` or `bootstrap.py check ...`; returns the exit status."""
    purpose, *rest = arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)
    for_check = purpose == "check"
    try:
        set_up(for_check=for_check)
    except SetupError as problem:
        print(problem, file=sys.stderr)
        return ENVIRONMENT
    if for_check:
        return start([str(PYTHON), "-X", "utf8", str(TOP / "installer" / "checks.py"), *rest])
    return run(rest)


class SetupError(Exception):
    """The machine lacks something that only a person can give it; the text says what to type."""


# ---------------------------------------------------------------------------------- run
def run(arguments: Sequence[str]) -> int:
    """The window; or the sample office and then its window; or lintanctl."""
    lintanctl = [str(PYTHON), "-X", "utf8", "-m", "core.cli"]
    desktop = [str(PYTHON), "-X", "utf8", "-m", "desktop"]
    if arguments and arguments[0] != "demo":
        return start([*lintanctl, *arguments])
    if not arguments:
        if not has_display():
            print(NO_DISPLAY, file=sys.stderr)
            return ENVIRONMENT
        return start(desktop)
    rest = list(arguments[1:])
    if "--out" not in rest:
        rest += ["--out", str(TOP / "demo")]
    status = subprocess.call([*lintanctl, "demo", *rest])
    if status != 0 or {"-h", "--help"} & set(rest):
        return status
    database = Path(rest[rest.index("--out") + 1]) / "demo.db"
    return start([*lintanctl, "window", str(database)])


NO_DISPLAY = (
    "There is no display here, so no window opens; everything else works: ./run --help\n"
    "这里没有显示器，不打开窗口；命令行照常可用：./run --help"
)


def has_display() -> bool:
    """Whether a window can be shown."""
    if WINDOWS or sys.platform == "darwin":
        return True
    return any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def start(command: Sequence[str]) -> int:
    """Become the command (on Windows: run it and return its status)."""
    if WINDOWS:
        return subprocess.call(command)
    sys.stdout.flush()
    return os.execv(command[0], list(command))  # noqa: S606 - never returns


# ---------------------------------------------------------------------------------- set-up
def set_up(*, for_check: bool) -> None:
    """Bring `.venv`, the system packages and the translations up to date."""
    packages = CHECK_PACKAGES if for_check else RUN_PACKAGES
    system = "system-check" if for_check else "system-run"
    marks = {system: " ".join(packages), "self": _self_mark()}
    locks = ["requirements.txt", *(["requirements-dev.txt"] if for_check else [])]
    marks |= {lock: _fingerprint(lock) for lock in locks}
    if PYTHON.exists() and all(map(_done, marks, marks.values())) and not stale_translations():
        return  # a few small files were read, nothing was started
    with only_one():
        if not _done(system, marks[system]) and not system_packages(packages, needed=for_check):
            del marks[system]  # asked for again at the next start
        if not _venv_works():
            make_venv()
        if system in marks:
            _remember(system, marks[system])
        for lock in locks:
            if not _done(lock, marks[lock]):
                install(lock)
                _remember(lock, marks[lock])
        if not _done("self", marks["self"]):
            install_self()
            _remember("self", marks["self"])
        compile_translations()


def system_packages(packages: Sequence[str], *, needed: bool) -> bool:
    """Install missing Debian packages when we may; else say what to type.

    Returns whether all are there now.

    Raises:
        SetupError: they are needed and we may not install them.
    """
    missing = missing_packages(packages)
    if not missing:
        return True
    line = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    prefix = _as_root()
    if prefix is not None:
        print(f"Installing system packages: {' '.join(missing)}")
        _apt(prefix, "update")
        _apt(prefix, "install", "-y", "--no-install-recommends", *missing)
        missing = missing_packages(packages)
        if not missing:
            return True
    said = f"Missing system packages; please type:\n缺少系统组件，请执行：\n\n    sudo {line}\n"
    if needed or "python3-venv" in missing:
        raise SetupError(said)
    print(said, file=sys.stderr)
    return False


def _apt(prefix: Sequence[str], *arguments: str) -> None:
    """Run apt-get quietly and without questions; what it could not do shows in what is missing."""
    subprocess.call(
        [*prefix, "apt-get", "-qq", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    )


def missing_packages(packages: Sequence[str]) -> list[str]:
    """Those that dpkg does not know as installed; on other systems nothing is asked for."""
    if shutil.which("dpkg-query") is None:
        return []
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Package}\n${db:Status-Abbrev}${Provides}\n", *packages],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    there = {line[2:].strip() for line in answer.stdout.splitlines() if line.startswith("ii")}
    missing = [name for name in packages if name not in there]
    if "python3-venv" in missing and _has_ensurepip():
        missing.remove("python3-venv")  # a Python that is not Debian's brings its own
    return missing


def _has_ensurepip() -> bool:
    from importlib.util import find_spec

    return find_spec("ensurepip") is not None


def _as_root() -> list[str] | None:
    """What to put before apt-get: nothing as root, sudo when it asks no password, else None."""
    if shutil.which("apt-get") is None or os.environ.get("LINTAN_NO_APT"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.call(
        ["sudo", "-n", "true"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) == 0:  # fmt: skip
        return ["sudo", "-n"]
    return None


# ---------------------------------------------------------------------------------- .venv
def _venv_works() -> bool:
    """The interpreter of .venv starts and has pip: a moved folder or an upgraded Python breaks it."""
    if not PYTHON.exists():
        return False
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}"
    probe = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [str(PYTHON), "-c", probe], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )  # fmt: skip
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == wanted


def make_venv() -> None:
    """Make `.venv` anew."""
    print("Making .venv")
    try:
        venv.create(VENV, clear=True, with_pip=True, symlinks=not WINDOWS)
    except subprocess.CalledProcessError as problem:
        raise SetupError(
            f"Python {sys.version.split()[0]} cannot make a virtual environment: {problem}\n"
            "On Debian: sudo apt-get install python3-venv"
        ) from problem


def pip(*arguments: str) -> None:
    """Run the pip of .venv quietly.

    Raises:
        SetupError: pip failed; it has said why.
    """
    command = [str(PYTHON), "-m", "pip", "--quiet", "--no-input", "--disable-pip-version-check"]
    environment = os.environ | {"PIP_ROOT_USER_ACTION": "ignore"}
    if subprocess.call([*command, *arguments], stdin=subprocess.DEVNULL, env=environment) != 0:
        raise SetupError(
            "The Python packages could not be installed; see above.\n"
            "Python 组件安装失败，原因见上。A mirror of your own: PIP_INDEX_URL=... ./run"
        )


def install(lock: str) -> None:
    """Install what a lock file names: wheels only, each by its hash."""
    print(f"Installing the Python packages of {lock} (once)")
    pip("install", "--require-hashes", "--only-binary", ":all:", "-r", str(TOP / lock))


def install_self() -> None:
    """Install the program in place, so that it is found from any folder."""
    pip("install", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(TOP))


# ---------------------------------------------------------------------------------- translations
def catalogues() -> Iterator[Path]:
    """The sources of all translations."""
    return (TOP / "resources" / "translations").glob("*/LC_MESSAGES/*.po")


def stale_translations() -> list[Path]:
    """Catalogues whose compiled form is missing or older."""
    stale = []
    for source in catalogues():
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            stale.append(source)
    return stale


def compile_translations() -> None:
    """Compile what is stale; compiled catalogues are not in git."""
    if stale_translations():
        script = TOP / "installer" / "translations.py"
        subprocess.check_call([str(PYTHON), str(script), "compile"], stdin=subprocess.DEVNULL)


# ---------------------------------------------------------------------------------- memory
def _mark_file(name: str) -> Path:
    return VENV / f".lintan-{name}"


def _done(name: str, mark: str) -> bool:
    try:
        return _mark_file(name).read_text(encoding="utf-8") == mark
    except OSError:
        return False


def _remember(name: str, mark: str) -> None:
    _mark_file(name).write_text(mark, encoding="utf-8")


def _fingerprint(name: str) -> str:
    return hashlib.sha256((TOP / name).read_bytes()).hexdigest()


def _self_mark() -> str:
    """The place of this folder and what pyproject.toml says; a moved folder is installed anew."""
    return f"{TOP}\n{_fingerprint('pyproject.toml')}"


@contextmanager
def only_one() -> Iterator[None]:
    """Let a second ./run wait until the first has finished setting up."""
    path = TOP / ".venv.lock"
    with path.open("w", encoding="utf-8") as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
