"""Sentences are compared in the language of the source."""

from __future__ import annotations

import pytest

from core import i18n


@pytest.fixture(autouse=True)
def english(_language_of_the_program: None) -> None:
    i18n.use("en")
