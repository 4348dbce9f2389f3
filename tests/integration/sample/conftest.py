"""The sample office for all tests that look at it."""

from __future__ import annotations

import pytest

from tests.sample import Built, built_once


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built_once(tmp_path_factory)
