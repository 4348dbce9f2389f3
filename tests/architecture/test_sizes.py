"""Small pieces: the sizes that architecture.md allows."""

from __future__ import annotations

import ast
import statistics

from tests.architecture import source

FUNCTION_MEDIAN, FUNCTION_P95, FUNCTION_CAP = 8, 40, 60
FILE_P95, FILE_CAP = 400, 600
CLASS_CAP, PARAMETERS_CAP = 300, 6


def _percentile_95(values: list[int]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[94]


def test_that_functions_are_short() -> None:
    lengths = {
        source.short(path, function): source.length(function)
        for path in source.files(*source.PROGRAM)
        for function in source.functions(path)
    }
    assert not {place: size for place, size in lengths.items() if size > FUNCTION_CAP}
    assert statistics.median(lengths.values()) <= FUNCTION_MEDIAN
    assert _percentile_95(list(lengths.values())) <= FUNCTION_P95


def test_that_functions_of_tests_are_short() -> None:
    too_long = [
        f"{source.short(path, function)} {source.length(function)} lines"
        for path in source.files("tests", "installer")
        for function in source.functions(path)
        if source.length(function) > FUNCTION_CAP
    ]
    assert not too_long


def test_that_files_are_short() -> None:
    lines = {
        source.short(path): path.read_text(encoding="utf-8").count("\n")
        for path in source.files(*source.PROGRAM, "tests", "installer")
    }
    assert not {name: count for name, count in lines.items() if count > FILE_CAP}
    assert _percentile_95(list(lines.values())) <= FILE_P95


def test_that_classes_are_short() -> None:
    too_long = [
        f"{source.short(path, node)} {node.name} {source.length(node)} lines"
        for path in source.files(*source.PROGRAM)
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.ClassDef) and source.length(node) > CLASS_CAP
    ]
    assert not too_long


def test_that_functions_take_few_parameters() -> None:
    too_many = [
        f"{source.short(path, function)} {function.name}"
        for path in source.files(*source.PROGRAM)
        for function in source.functions(path)
        if _parameters(function) > PARAMETERS_CAP
    ]
    assert not too_many


def _parameters(function: source.Function) -> int:
    names = [
        each.arg
        for each in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    ]
    return len([name for name in names if name not in {"self", "cls"}])
