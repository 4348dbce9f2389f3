"""Extract texts from the source, bring catalogues up to date, and judge them (Babel).

English stands in the source; `resources/translations/zh_CN/LC_MESSAGES/lintan.po` is complete.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TypeGuard

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

TOP = Path(__file__).resolve().parent.parent
PACKAGES = ("core", "db", "desktop")
FOLDER = TOP / "resources" / "translations"
LANGUAGES = ("zh_CN",)
KEYWORDS = {"_": None, "N_": None, "chinese": None}
HEADER = "# Lintan: the texts of the screen, of messages and of the command line. MPL-2.0.\n#"
#: Dates, people and tools in the header would make a change of every run.
_CHANGES_EVERY_RUN = re.compile(
    rb'"(POT-Creation-Date|PO-Revision-Date|Project-Id-Version|Report-Msgid-Bugs-To'
    rb'|Last-Translator|Language-Team|Generated-By): [^"]*"\n'
)
#: {named}, and the %(named)s and %s of argparse's own texts.
_PLACEHOLDER = re.compile(r"\{\w+[^{}]*\}|%\(\w+\)[sr]|%[sr]\b")


def source_texts(top: Path = TOP) -> Catalog:
    """Every text marked in the source, with the files it stands in."""
    texts = Catalog(domain="lintan", charset="utf-8")
    for package in PACKAGES:
        found = extract_from_dir(
            top / package, [("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
        )
        for name, _line, text, comments, context in found:
            # Without line numbers a moved function is no change of the catalogue.
            place = f"{package}/{name}".replace("\\", "/")
            texts.add(text, locations=[(place, 0)], auto_comments=comments, context=context)
    return texts


def path_of(language: str, folder: Path = FOLDER) -> Path:
    """Where the catalogue of a language stands."""
    return folder / language / "LC_MESSAGES" / "lintan.po"


def read(language: str, folder: Path = FOLDER) -> Catalog:
    """The catalogue of a language, empty when there is none yet."""
    path = path_of(language, folder)
    if not path.exists():
        return Catalog(locale=language, domain="lintan", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="lintan")


def update(language: str) -> Catalog:
    """Add new texts, drop those no longer in the source, keep every translation."""
    catalogue = read(language)
    catalogue.update(source_texts(), no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    catalogue.header_comment = HEADER
    for message in catalogue:
        # "5 % of …" is a sentence here, not a format: placeholders are {named}.
        message.flags -= {"python-format", "python-brace-format"}
    buffer = BytesIO()
    write_po(buffer, catalogue, sort_output=True, width=100, ignore_obsolete=True)
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_CHANGES_EVERY_RUN.sub(b"", buffer.getvalue()))
    return catalogue


def compile_all() -> None:
    """Write the compiled form of every catalogue beside it; it is not in git."""
    for language in LANGUAGES:
        compiled = path_of(language).with_suffix(".mo")
        scratch = compiled.with_suffix(".part")
        with scratch.open("wb") as file:
            write_mo(file, read(language))
        scratch.replace(compiled)


def findings(texts: Catalog, catalogue: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue: missing, left-over or fuzzy texts, other placeholders."""
    known = {message.id for message in texts if message.id}
    for message in texts:
        if not message.id:
            continue
        translated = catalogue.get(message.id, message.context)
        if translated is None or not translated.string:
            yield f"not translated: {message.id!r} ({message.locations[0][0]})"
        elif translated.fuzzy:
            yield f"unsure: {message.id!r}"
        else:
            yield from _placeholder_findings(translated)
    for message in catalogue:
        if message.id and message.id not in known:
            yield f"no longer in the source: {message.id!r}"


def _placeholder_findings(message: Message) -> Iterator[str]:
    wanted = sorted(_PLACEHOLDER.findall(str(message.id)))
    found = sorted(_PLACEHOLDER.findall(str(message.string)))
    if set(wanted) != set(found):
        yield f"placeholders differ: {message.id!r} has {wanted}, the translation {found}"


def f_strings_marked(top: Path = TOP) -> Iterator[str]:
    """Marks that no extraction finds: an f-string marked, or a mark inside an f-string."""
    for package in PACKAGES:
        for path in sorted((top / package).rglob("*.py")):
            place = path.relative_to(top)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if _is_mark(node) and any(
                    isinstance(a, ast.JoinedStr | ast.BinOp) for a in node.args
                ):
                    yield f"{place}:{node.lineno} marks an f-string"
                if isinstance(node, ast.JoinedStr):
                    marks = (each for each in ast.walk(node) if _is_mark(each))
                    yield from (
                        f"{place}:{node.lineno} marks a text inside an f-string"
                        for mark in marks
                        if any(isinstance(a, ast.Constant) for a in mark.args)
                    )


def _is_mark(node: ast.AST) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS
    )


def main(arguments: Sequence[str]) -> int:
    """`check` judges all catalogues, `update` brings them up to date, `compile` makes them."""
    if list(arguments) == ["compile"]:
        compile_all()
        return 0
    if list(arguments) == ["update"]:
        for language in LANGUAGES:
            catalogue = update(language)
            missing = [each for each in catalogue if each.id and not each.string]
            print(f"{language}: {len(catalogue)} texts, {len(missing)} not translated")
        return 0
    texts = source_texts()
    wrong = list(f_strings_marked())
    for language in LANGUAGES:
        wrong += [f"{language}: {line}" for line in findings(texts, read(language))]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
